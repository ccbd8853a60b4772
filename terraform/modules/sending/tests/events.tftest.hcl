# Event destinations. With a mocked provider: nothing is asked of AWS, and only what we decide is looked at.
# What policies really say is tested in policies.tftest.hcl.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

# SES gives three tokens; a mock would give none.
override_resource {
  target = aws_sesv2_email_identity.this
  values = {
    dkim_signing_attributes = { tokens = ["one", "two", "three"] }
  }
  override_during = plan
}

variables {
  domain = "mail.example.com"

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

# OPEN and CLICK would have SES change the mail: a picture in it, and links that go by way of SES.
run "a_set_tells_eventbridge_all_that_leaves_the_mail_alone" {
  command = plan

  assert {
    condition = [for key, destination in aws_sesv2_configuration_set_event_destination.this : "${key} ${destination.configuration_set_name} ${destination.event_destination_name}"] == [
      "inbound/events mailroom-test-inbound events",
    ]
    error_message = "Each set must have one event destination."
  }

  assert {
    condition = aws_sesv2_configuration_set_event_destination.this["inbound/events"].event_destination[0].matching_event_types == toset([
      "SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "RENDERING_FAILURE", "SUBSCRIPTION",
    ])
    error_message = "All types of events but OPEN and CLICK are the default."
  }

  assert {
    condition = (
      aws_sesv2_configuration_set_event_destination.this["inbound/events"].event_destination[0].enabled
      && aws_sesv2_configuration_set_event_destination.this["inbound/events"].event_destination[0].event_bridge_destination[0].event_bus_arn == "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    )
    error_message = "The events must go to this account's default bus, the only one that SES reaches."
  }
}

run "one_variable_names_destinations_of_all_four_kinds" {
  command = plan

  variables {
    configuration_sets = {
      inbound = {
        events = {
          all     = { eventbridge = {} }
          people  = { types = ["BOUNCE", "COMPLAINT"], sns = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:people" } }
          archive = { types = ["SEND", "OPEN"], firehose = { stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/archive", role_arn = "arn:aws:iam::123456789012:role/theirs" } }
          counts  = { types = ["SEND"], cloudwatch = {} }
          tags    = { types = ["SEND"], cloudwatch = { dimensions = { campaign = { source = "EMAIL_HEADER", default = "other" } } } }
        }
      }
      news = { events = {} }
    }
  }

  assert {
    condition     = keys(aws_sesv2_configuration_set_event_destination.this) == ["inbound/all", "inbound/archive", "inbound/counts", "inbound/people", "inbound/tags"]
    error_message = "A set without destinations has none."
  }

  assert {
    condition = (
      aws_sesv2_configuration_set_event_destination.this["inbound/people"].event_destination[0].sns_destination[0].topic_arn == "arn:aws:sns:eu-west-1:123456789012:people"
      && aws_sesv2_configuration_set_event_destination.this["inbound/people"].event_destination[0].matching_event_types == toset(["BOUNCE", "COMPLAINT"])
      && length(aws_sesv2_configuration_set_event_destination.this["inbound/people"].event_destination[0].event_bridge_destination) == 0
    )
    error_message = "A topic gets the types that it is to get, and is the only target."
  }

  assert {
    condition = (
      aws_sesv2_configuration_set_event_destination.this["inbound/archive"].event_destination[0].kinesis_firehose_destination[0].delivery_stream_arn == "arn:aws:firehose:eu-west-1:123456789012:deliverystream/archive"
      && aws_sesv2_configuration_set_event_destination.this["inbound/archive"].event_destination[0].kinesis_firehose_destination[0].iam_role_arn == "arn:aws:iam::123456789012:role/theirs"
      && length(aws_iam_role.firehose) == 0
    )
    error_message = "With a role that is named, none is made."
  }

  # A real domain as the default would count mail without a tag under it.
  assert {
    condition = [
      for key in ["inbound/counts", "inbound/tags"] : join(" ", [
        for it in aws_sesv2_configuration_set_event_destination.this[key].event_destination[0].cloud_watch_destination[0].dimension_configuration :
        "${it.dimension_name} ${it.dimension_value_source} ${it.default_dimension_value}"
      ])
    ] == ["ses:from-domain MESSAGE_TAG none", "campaign EMAIL_HEADER other"]
    error_message = "Without a word the metrics are by domain."
  }
}

run "a_stream_without_a_role_gets_one" {
  command = plan

  variables {
    configuration_sets = {
      inbound = { events = { archive = { firehose = { stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/archive" } } } }
    }
  }

  override_resource {
    target          = aws_iam_role.firehose
    values          = { arn = "arn:aws:iam::123456789012:role/mailroom-test-ses-firehose" }
    override_during = plan
  }

  assert {
    condition     = aws_sesv2_configuration_set_event_destination.this["inbound/archive"].event_destination[0].kinesis_firehose_destination[0].iam_role_arn == "arn:aws:iam::123456789012:role/mailroom-test-ses-firehose"
    error_message = "SES needs a role to write to Firehose."
  }
}

run "types_are_taken_as_they_are_and_none_is_no_destination" {
  command = plan

  variables {
    configuration_sets = {
      inbound = { events = { events = { types = ["SEND", "OPEN"], eventbridge = {} } } }
      news    = { events = { events = { types = [], eventbridge = {} } } }
    }
  }

  assert {
    condition     = { for key, destination in aws_sesv2_configuration_set_event_destination.this : key => destination.event_destination[0].matching_event_types } == { "inbound/events" = toset(["SEND", "OPEN"]) }
    error_message = "A destination's own list must be taken as it is; without types there is none."
  }
}
