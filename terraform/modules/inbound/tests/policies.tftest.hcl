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
  package         = "main.tf" # any file that is there: what is in it does not matter at plan
  receipt_address = "reports@in.mail.example.com"
  rule_set        = { create = "mailroom" }

  sending = {
    sender_address         = "mailroom@mail.example.com"
    identity_arn           = "arn:aws:ses:eu-west-1:123456789012:identity/mail.example.com"
    configuration_set_name = "mailroom-test-inbound"
    configuration_set_arn  = "arn:aws:ses:eu-west-1:123456789012:configuration-set/mailroom-test-inbound"
    publishes_sends        = true
  }

  links = {
    url                    = "https://links.example.com"
    expiry_hours           = 36
    table_name             = "mailroom-test-links"
    table_arn              = "arn:aws:dynamodb:eu-west-1:123456789012:table/mailroom-test-links"
    attachments_bucket     = "mailroom-test-attachments-123456789012-eu-west-1"
    attachments_bucket_arn = "arn:aws:s3:::mailroom-test-attachments-123456789012-eu-west-1"
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

  # The processor's actions are exactly these.
  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.processor.json).Statement : statement.Sid => join(" ", sort(flatten([statement.Action]))) } == {
      TakeFromQueue         = "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage"
      ReadMail              = "s3:GetObject s3:GetObjectVersion"
      KeepAttachments       = "s3:AbortMultipartUpload s3:PutObject"
      KeepLedger            = "dynamodb:Query dynamodb:UpdateItem"
      MakeLinks             = "dynamodb:UpdateItem"
      SendOn                = "ses:SendRawEmail"
      Notify                = "sns:Publish"
      UseKeyThroughServices = "kms:Decrypt kms:GenerateDataKey"
    }
    error_message = "A new action needs its line here, and a call in lambda_src/inbound that makes it necessary."
  }

  # Each action is on the one resource it touches.
  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.processor.json).Statement : statement.Sid => join(" ", sort(flatten([statement.Resource]))) } == {
      TakeFromQueue         = "arn:aws:sqs:eu-west-1:123456789012:mailroom-test-inbound"
      ReadMail              = "arn:aws:s3:::mailroom-test-raw-123456789012-eu-west-1/incoming/*"
      KeepAttachments       = "arn:aws:s3:::mailroom-test-attachments-123456789012-eu-west-1/attachments/*"
      KeepLedger            = "arn:aws:dynamodb:eu-west-1:123456789012:table/mailroom-test-ledger"
      MakeLinks             = "arn:aws:dynamodb:eu-west-1:123456789012:table/mailroom-test-links"
      SendOn                = "arn:aws:ses:eu-west-1:123456789012:configuration-set/mailroom-test-inbound arn:aws:ses:eu-west-1:123456789012:identity/mail.example.com"
      Notify                = "arn:aws:sns:eu-west-1:123456789012:mailroom-test-notices"
      UseKeyThroughServices = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    }
    error_message = "No action on more than it touches, and none on *."
  }

  # It sends as nobody else and uses the key only through services.
  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.processor.json).Statement : statement.Sid => statement.Condition if can(statement.Condition) } == {
      SendOn = { StringEquals = { "ses:FromAddress" = "mailroom@mail.example.com" } }
      UseKeyThroughServices = { StringEquals = { "kms:ViaService" = [
        "dynamodb.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com", "sns.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com",
      ] } }
    }
    error_message = "Sending is bound to the sender's address, the key to the four services."
  }

  # settle takes from its own queue and changes ledger items, and nothing else.
  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.settle.json).Statement : statement.Sid => "${join(" ", sort(flatten([statement.Action])))} on ${join(" ", flatten([statement.Resource]))}" } == {
      TakeFromQueue          = "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on arn:aws:sqs:eu-west-1:123456789012:mailroom-test-inbound-sends"
      NoteInLedger           = "dynamodb:UpdateItem on arn:aws:dynamodb:eu-west-1:123456789012:table/mailroom-test-ledger"
      DecryptThroughServices = "kms:Decrypt on arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    }
    error_message = "The function settle may do what it calls, on what it touches."
  }

  assert {
    condition = { for statement in jsondecode(data.aws_iam_policy_document.settle.json).Statement : statement.Sid => statement.Condition if can(statement.Condition) } == {
      DecryptThroughServices = { StringEquals = { "kms:ViaService" = ["dynamodb.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com"] } }
    }
    error_message = "settle uses the key only through DynamoDB and SQS."
  }

  # SES writes by our rule only.
  assert {
    condition = jsondecode(data.aws_iam_policy_document.raw.json).Statement == [{
      Sid       = "SesWritesMail"
      Effect    = "Allow"
      Action    = "s3:PutObject"
      Principal = { Service = "ses.amazonaws.com" }
      Resource  = "arn:aws:s3:::mailroom-test-raw-123456789012-eu-west-1/incoming/*"
      Condition = { StringEquals = {
        "aws:SourceAccount" = "123456789012"
        "aws:SourceArn"     = "arn:aws:ses:eu-west-1:123456789012:receipt-rule-set/mailroom:receipt-rule/mailroom-test-inbound"
      } }
    }]
    error_message = "SES may write below incoming/, from this account's one rule."
  }
}

# The module's own name and that of the rule set it joins both stand in the ARN.
run "the_rule_of_a_joined_set_is_the_one_that_may_write" {
  command = plan

  variables {
    rule_set = { join = "everybodys" }
  }

  assert {
    condition     = strcontains(data.aws_iam_policy_document.raw.json, "receipt-rule-set/everybodys:receipt-rule/mailroom-test-inbound")
    error_message = "The source must be our rule in the joined set."
  }
}
