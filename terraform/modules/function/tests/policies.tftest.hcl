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
  name        = "postcard"
  description = "Answers with a postcard."
  handler     = "lambda_src.postcard.handler.handle"
  package     = "main.tf" # any file that is there: what is in it does not matter at plan
  policy_json = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Read", Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/k" }]
  })

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

  # The role has the caller's actions and its own log only.
  assert {
    condition = sort(flatten([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Action])) == tolist([
      "logs:CreateLogStream", "logs:PutLogEvents", "s3:GetObject",
    ])
    error_message = "Writing the log must be all that is added to the caller's actions."
  }

  assert {
    condition = toset(flatten([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Resource])) == toset([
      "arn:aws:s3:::b/k",
      "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/mailroom-test-postcard:log-stream:*",
    ])
    error_message = "The log's resource must be this function's log group."
  }

  # Only Lambda takes the role.
  assert {
    condition     = [for statement in jsondecode(aws_iam_role.this.assume_role_policy).Statement : statement.Principal] == [{ Service = "lambda.amazonaws.com" }]
    error_message = "Nobody but Lambda may take the role."
  }
}
