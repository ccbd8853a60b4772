# Decisions, with a mocked provider: nothing is asked of AWS. (A mocked provider invents policy documents;
# a test about those takes the real provider with dummy keys, as modules/inbound/tests does.)
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  package = "tests/decisions.tftest.hcl" # any file: what is in it does not matter here

  context = {
    name_prefix        = "mailroom-test"
    account_id         = "123456789012"
    region             = "eu-west-1"
    kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    alarm_topic_arn    = "arn:aws:sns:eu-west-1:123456789012:alarms"
    retain_data        = false
    log_retention_days = 7
    log_level          = "INFO"
  }
}

run "the_function_is_named_after_the_capability" {
  command = plan

  assert {
    condition     = module.function.name == "mailroom-test-NAME"
    error_message = "The function's name must be the prefix and the capability's name."
  }
}

run "an_empty_greeting_is_refused" {
  command = plan

  variables {
    greeting = ""
  }

  expect_failures = [var.greeting]
}
