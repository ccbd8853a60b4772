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
  package = "main.tf" # any file that is there: what is in it does not matter at plan

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

run "ses_alone_is_one_value" {
  command = plan

  variables {
    ses = { configuration_sets = ["theirs"] }
  }

  # The set that was there before gets an event destination, which asks for no picture and no rewritten links.
  assert {
    condition = (
      keys(aws_sesv2_configuration_set_event_destination.status) == ["theirs"]
      && aws_sesv2_configuration_set_event_destination.status["theirs"].event_destination_name == "mailroom-test-status"
      && aws_sesv2_configuration_set_event_destination.status["theirs"].event_destination[0].enabled
      && aws_sesv2_configuration_set_event_destination.status["theirs"].event_destination[0].matching_event_types == toset(["SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "RENDERING_FAILURE", "SUBSCRIPTION"])
      && aws_sesv2_configuration_set_event_destination.status["theirs"].event_destination[0].event_bridge_destination[0].event_bus_arn == "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    )
    error_message = "One event destination, to the default bus, for all but OPEN and CLICK."
  }

  # Every kind of event that SES publishes, of every set in the account.
  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.status["ses"].event_pattern) == {
      source = ["aws.ses"]
      "detail-type" = [
        "Email Bounced", "Email Clicked", "Email Complaint Received", "Email Delivered", "Email Delivery Delayed",
        "Email Opened", "Email Rejected", "Email Rendering Failed", "Email Sent", "Email Subscribed",
      ]
    }
    error_message = "The rule takes all ten kinds."
  }

  # To the queue and to the archive; what either does not take is a dead letter.
  assert {
    condition = (
      aws_cloudwatch_event_target.queue["ses"].arn == "arn:aws:sqs:eu-west-1:123456789012:mailroom-test-status"
      && alltrue([for target in [aws_cloudwatch_event_target.queue["ses"], aws_cloudwatch_event_target.archive["ses"]] : (
        target.dead_letter_config[0].arn == "arn:aws:sqs:eu-west-1:123456789012:mailroom-test-status-dead-letters"
      )])
    )
    error_message = "Two targets, each with the module's dead-letter queue."
  }

  assert {
    condition = (
      keys(aws_cloudwatch_event_rule.status) == ["ses"] && keys(aws_kinesis_firehose_delivery_stream.status) == ["ses"]
      && keys(aws_iam_role.to_archive) == ["events"]
      && length(aws_pinpoint_event_stream.status) == 0 && length(module.transform) == 0
    )
    error_message = "Nothing of the other sources."
  }
}

run "sms_alone_is_one_value" {
  command = plan

  variables {
    sms = {}
  }

  # End User Messaging tells the default bus of every SMS without being asked.
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.status["sms"].event_pattern) == { source = ["aws.sms-voice"], "detail-type" = ["Text Message Delivery Status Updated"] }
    error_message = "The rule takes what becomes of text messages."
  }

  assert {
    condition     = keys(aws_cloudwatch_event_rule.status) == ["sms"] && keys(aws_kinesis_firehose_delivery_stream.status) == ["sms"] && length(aws_sesv2_configuration_set_event_destination.status) == 0 && length(module.transform) == 0
    error_message = "Nothing of the other sources, and no event destination."
  }
}

run "pinpoint_alone_is_one_value" {
  command = plan

  variables {
    pinpoint = { application_id = "0123456789abcdef0123456789abcdef" }
  }

  assert {
    condition = (
      aws_pinpoint_event_stream.status["pinpoint"].application_id == "0123456789abcdef0123456789abcdef"
      && length(aws_pinpoint_app.status) == 0
      && output.function_names["transform"] == "mailroom-test-status-transform"
    )
    error_message = "The event stream of the application that is there, with its transform."
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.status) == 0 && keys(aws_kinesis_firehose_delivery_stream.status) == ["pinpoint"] && keys(aws_iam_role.to_archive) == ["pinpoint"]
    error_message = "No rule on the bus: Pinpoint's events do not come there."
  }
}

run "a_pinpoint_application_can_be_made" {
  command = plan

  variables {
    pinpoint = { create_application = "mailroom" }
  }

  assert {
    condition     = [for app in aws_pinpoint_app.status : app.name] == ["mailroom"] && keys(aws_pinpoint_event_stream.status) == ["pinpoint"]
    error_message = "The application is made, and its event stream set."
  }
}

run "opens_and_clicks_where_they_are_asked_for" {
  command = plan

  variables {
    ses = { configuration_sets = ["one", "two"], event_types = ["OPEN", "CLICK"] }
  }

  assert {
    condition     = { for name, it in aws_sesv2_configuration_set_event_destination.status : name => it.event_destination[0].matching_event_types } == { one = toset(["OPEN", "CLICK"]), two = toset(["OPEN", "CLICK"]) }
    error_message = "Each set gets the types that are named."
  }
}

# Two environments in one account: each counts its own.
run "only_own_sets_leaves_others_mail_to_others" {
  command = plan

  variables {
    ses          = { configuration_sets = ["theirs"], only_own_sets = true }
    sending_sets = ["mailroom-test-inbound", "news"]
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.status["ses"].event_pattern).detail == { mail = { tags = { "ses:configuration-set" = [{ prefix = "mailroom-test-" }, "theirs", "news"] } } }
    error_message = "Own sets: by the prefix, and by name those that have another."
  }
}

run "no_source_is_refused" {
  command = plan

  expect_failures = [var.ses]
}

run "bad_names_of_sets_and_events_are_refused" {
  command = plan

  variables {
    ses = { configuration_sets = ["not a set"], event_types = ["DELIVERED"] }
  }

  expect_failures = [var.ses]
}

run "an_application_id_that_is_none_is_refused" {
  command = plan

  variables {
    pinpoint = { application_id = "mine" }
  }

  expect_failures = [var.pinpoint]
}

run "an_application_that_is_there_and_made_is_refused" {
  command = plan

  variables {
    pinpoint = { application_id = "0123456789abcdef0123456789abcdef", create_application = "mailroom" }
  }

  expect_failures = [var.pinpoint]
}

run "neither_of_both_is_refused_too" {
  command = plan

  variables {
    pinpoint = {}
  }

  expect_failures = [var.pinpoint]
}
