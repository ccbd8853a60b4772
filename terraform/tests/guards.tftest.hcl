# Odd: the runs below apply, one after the other, since a guard against another environment's state needs a
# state. The provider is mocked and every capability is off, so what is applied is next to nothing.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

override_module {
  target  = module.alarms
  outputs = { arn = "arn:aws:sns:eu-west-1:123456789012:mailroom-test-alarms" }
}

variables {
  environment = "test"
  account_id  = "123456789012"
  region      = "eu-west-1"
  retain_data = false # or the end of this file could not take away what it made
}

run "the_first_apply_fixes_whose_state_it_is" {
  assert {
    condition     = terraform_data.environment.output == "test"
    error_message = "The state must remember its environment."
  }
}

run "the_same_environment_goes_on" {
  command = plan

  assert {
    condition     = terraform_data.environment.output == "test"
    error_message = "The owner of a state must not be refused."
  }
}

run "another_environment_is_refused_this_state" {
  command = plan

  variables {
    environment = "other"
  }

  expect_failures = [var.account_id]
}

run "what_is_retained_is_known_before_destroy_begins" {
  command = plan

  assert {
    condition     = terraform_data.retention.output == false
    error_message = "The retention guard must hold what was applied: destroy reads it from there."
  }
}
