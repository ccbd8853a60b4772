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

# Not the root's own check: it would ask AWS for the account.
variables {
  environment = "test"
  account_id  = "123456789012"
  region      = "eu-west-1"
}

run "services_use_the_key_for_this_accounts_things_only" {
  command = plan

  assert {
    condition = {
      for statement in jsondecode(data.aws_iam_policy_document.key.json).Statement :
      statement.Principal.Service => statement.Condition.ArnLike if can(statement.Principal.Service)
      } == {
      "cloudwatch.amazonaws.com"     = { "aws:SourceArn" = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:mailroom-test-*" }
      "events.amazonaws.com"         = { "aws:SourceArn" = "arn:aws:events:eu-west-1:123456789012:rule/mailroom-test-*" }
      "s3.amazonaws.com"             = { "aws:SourceArn" = "arn:aws:s3:::mailroom-test-*" }
      "ses.amazonaws.com"            = { "aws:SourceArn" = ["arn:aws:ses:eu-west-1:123456789012:receipt-rule-set/*:receipt-rule/mailroom-test-*", "arn:aws:ses:eu-west-1:123456789012:configuration-set/mailroom-test-*"] }
      "logs.eu-west-1.amazonaws.com" = { "kms:EncryptionContext:aws:logs:arn" = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/mailroom-test-*", "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/mailroom-test-*"] }
    }
    error_message = "Each service may use the key for things of this environment only."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(data.aws_iam_policy_document.key.json).Statement :
      statement.Condition.StringEquals == { "aws:SourceAccount" = "123456789012" } if can(statement.Principal.Service) && !startswith(try(statement.Principal.Service, ""), "logs.")
    ])
    error_message = "Each service may use the key for this account only."
  }

  assert {
    condition     = [for statement in jsondecode(data.aws_iam_policy_document.key.json).Statement : statement.Principal.AWS if can(statement.Principal.AWS)] == ["arn:aws:iam::123456789012:root"]
    error_message = "Nobody but the account itself may administer the key."
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30
    error_message = "The key must be rotated, and while data is retained be deleted as late as AWS allows."
  }
}
