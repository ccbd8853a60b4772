# What the policies really say: the real provider writes the documents (a mocked one invents them), at plan
# only, with dummy keys and nothing asked of AWS. The skip flags are for this file alone; the root has none.
provider "aws" {
  region     = "eu-west-1"
  access_key = "dummy"
  secret_key = "dummy"

  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name                       = "parcels"
  visibility_timeout_seconds = 180
  senders = {
    raw_bucket = { service = "s3.amazonaws.com", source_arn = "arn:aws:s3:::raw" }
  }

  context = {
    name_prefix        = "mailroom-test"
    account_id         = "123456789012"
    region             = "eu-west-1"
    kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    alarm_topic_arn    = "arn:aws:sns:eu-west-1:123456789012:mailroom-test-alarms"
    retain_data        = true
    log_retention_days = 30
    log_level          = "INFO"
  }
}

run "the_documents_say_exactly_this" {
  command = plan

  # The dead letter queue takes from this queue only.
  assert {
    condition = jsondecode(aws_sqs_queue.dead_letters.redrive_allow_policy) == {
      redrivePermission = "byQueue"
      sourceQueueArns   = ["arn:aws:sqs:eu-west-1:123456789012:mailroom-test-parcels"]
    }
    error_message = "The redrive permission must be on the dead-letter queue and name exactly the queue in front of it."
  }

  # Without TLS nothing works on either queue.
  assert {
    condition = alltrue([
      for queue in [aws_sqs_queue.this, aws_sqs_queue.dead_letters] : anytrue([
        for statement in jsondecode(queue.policy).Statement :
        statement.Effect == "Deny" && statement.Action == "sqs:*" && statement.Principal == "*" && statement.Condition == { Bool = { "aws:SecureTransport" = "false" } }
        && statement.Resource == "arn:aws:sqs:eu-west-1:123456789012:${queue.name}"
      ])
    ])
    error_message = "Both queues must refuse everybody who comes without TLS."
  }

  # A sender may send from its source and nothing else.
  assert {
    condition = [for statement in jsondecode(aws_sqs_queue.this.policy).Statement : statement if statement.Effect == "Allow"] == [{
      Sid       = "SendRawBucket"
      Effect    = "Allow"
      Action    = "sqs:SendMessage"
      Principal = { Service = "s3.amazonaws.com" }
      Resource  = "arn:aws:sqs:eu-west-1:123456789012:mailroom-test-parcels"
      Condition = {
        ArnEquals    = { "aws:SourceArn" = "arn:aws:s3:::raw" }
        StringEquals = { "aws:SourceAccount" = "123456789012" }
      }
    }]
    error_message = "S3 may send to the queue, from the one bucket of this account."
  }

  assert {
    condition     = length([for statement in jsondecode(aws_sqs_queue.dead_letters.policy).Statement : statement if statement.Effect == "Allow"]) == 0
    error_message = "No service may send to the dead-letter queue."
  }
}

# A rule of EventBridge sends there what its target did not take.
run "a_rule_may_send_to_the_dead_letter_queue" {
  command = plan

  variables {
    dead_letter_senders = { post_rule = { service = "events.amazonaws.com", source_arn = "arn:aws:events:eu-west-1:123456789012:rule/post" } }
  }

  assert {
    condition = [for statement in jsondecode(aws_sqs_queue.dead_letters.policy).Statement : statement if statement.Effect == "Allow"] == [{
      Sid       = "SendPostRule"
      Effect    = "Allow"
      Action    = "sqs:SendMessage"
      Principal = { Service = "events.amazonaws.com" }
      Resource  = "arn:aws:sqs:eu-west-1:123456789012:mailroom-test-parcels-dead-letters"
      Condition = {
        ArnEquals    = { "aws:SourceArn" = "arn:aws:events:eu-west-1:123456789012:rule/post" }
        StringEquals = { "aws:SourceAccount" = "123456789012" }
      }
    }]
    error_message = "The one rule of this account may send to the dead-letter queue."
  }
}
