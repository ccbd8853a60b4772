# What the policies really say: the real provider writes the documents (a mocked one invents them), at plan
# only, with dummy keys and nothing asked of AWS.
provider "aws" {
  region     = "eu-west-1"
  access_key = "dummy"
  secret_key = "dummy"

  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  domain = "mail.example.com"

  context = {
    name_prefix          = "mailroom-test"
    account_id           = "123456789012"
    region               = "eu-west-1"
    kms_key_arn          = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    alarm_topic_arn      = "arn:aws:sns:eu-west-1:123456789012:mailroom-test-alarms"
    permissions_boundary = "arn:aws:iam::123456789012:policy/mailroom-test-boundary"
    retain_data          = true
    log_retention_days   = 30
    log_level            = "INFO"
  }
}

run "ses_writes_to_the_streams_that_are_named_in_the_name_of_our_sets" {
  command = plan

  variables {
    configuration_sets = {
      inbound = { events = { archive = { firehose = { stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/one" } } } }
      news = { events = {
        theirs = { firehose = { stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/two", role_arn = "arn:aws:iam::123456789012:role/theirs" } }
      } }
      quiet = { events = {} }
    }
  }

  assert {
    condition = jsondecode(data.aws_iam_policy_document.firehose.json).Statement == [{
      Effect   = "Allow"
      Action   = "firehose:PutRecordBatch"
      Resource = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/one"
    }]
    error_message = "The role may write to the streams that name no other, and do nothing else."
  }

  assert {
    condition = (
      jsondecode(aws_iam_role.firehose["ses-firehose"].assume_role_policy).Statement[0].Principal == { Service = "ses.amazonaws.com" }
      && jsondecode(aws_iam_role.firehose["ses-firehose"].assume_role_policy).Statement[0].Condition == {
        StringEquals = { "aws:SourceAccount" = "123456789012" }
        ArnEquals    = { "aws:SourceArn" = "arn:aws:ses:eu-west-1:123456789012:configuration-set/mailroom-test-inbound" }
      }
    )
    error_message = "Only SES may take the role, and only for a set of ours that writes with it."
  }

  assert {
    condition     = aws_iam_role.firehose["ses-firehose"].permissions_boundary == "arn:aws:iam::123456789012:policy/mailroom-test-boundary"
    error_message = "The boundary bounds every role."
  }
}
