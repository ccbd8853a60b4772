# Decisions, with a mocked provider: nothing is asked of AWS, and only what we decide is looked at.
# A mocked provider invents what a policy document says, so it is given an empty one; what the documents
# really say is tested in policies.tftest.hcl.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  name = "postcards"

  context = {
    name_prefix = "mailroom-test"
    account_id  = "123456789012"
    region      = "eu-west-1"
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }
}

run "it_is_encrypted_with_the_environments_key" {
  command = plan

  assert {
    condition     = aws_sns_topic.this.name == "mailroom-test-postcards" && aws_sns_topic.this.kms_master_key_id == var.context.kms_key_arn
    error_message = "The topic must be called by the prefix and use the environment's key."
  }
}

run "each_address_has_its_own_subscription" {
  command = plan

  variables {
    emails = ["a@example.com", "b@example.com"]
  }

  assert {
    condition     = toset(keys(aws_sns_topic_subscription.email)) == toset(["a@example.com", "b@example.com"])
    error_message = "Subscriptions are keyed by address, so that taking one away moves no other."
  }
}

run "bad_input_is_refused" {
  command = plan

  variables {
    name       = "Post Cards"
    emails     = ["nobody"]
    publishers = { everything = { service = "events.amazonaws.com", source_arn = "*" } }
  }

  expect_failures = [var.name, var.emails, var.publishers]
}
