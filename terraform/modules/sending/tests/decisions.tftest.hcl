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

run "the_defaults_hold" {
  command = plan

  # The defaults are the safe ones.
  assert {
    condition     = aws_sesv2_email_identity.this.dkim_signing_attributes[0].next_signing_key_length == "RSA_2048_BIT"
    error_message = "Easy DKIM must use 2048 bits."
  }

  assert {
    condition     = output.sender_address == "mailroom@mail.example.com" && output.mail_from_domain == "bounce.mail.example.com"
    error_message = "Without a word, mail comes from mailroom@<domain> and returns to bounce.<domain>."
  }

  assert {
    condition = alltrue([
      for set in aws_sesv2_configuration_set.this :
      set.delivery_options[0].tls_policy == "REQUIRE"
      && set.reputation_options[0].reputation_metrics_enabled
      && toset(set.suppression_options[0].suppressed_reasons) == toset(["BOUNCE", "COMPLAINT"])
    ])
    error_message = "A configuration set must require TLS, measure reputation and suppress after bounces and complaints."
  }

  # Every record is listed without a zone and none is made.
  assert {
    condition     = length(aws_route53_record.this) == 0
    error_message = "Without a zone no record may be made."
  }

  assert {
    condition = [for record in output.dns_records : "${record.name} ${record.type} ${record.value}"] == [
      "one._domainkey.mail.example.com CNAME one.dkim.amazonses.com",
      "two._domainkey.mail.example.com CNAME two.dkim.amazonses.com",
      "three._domainkey.mail.example.com CNAME three.dkim.amazonses.com",
      "_dmarc.mail.example.com TXT v=DMARC1; p=reject",
      "bounce.mail.example.com MX 10 feedback-smtp.eu-west-1.amazonses.com",
      "bounce.mail.example.com TXT v=spf1 include:amazonses.com ~all",
    ]
    error_message = "Three DKIM records, DMARC, and MX and SPF of the MAIL FROM domain must be listed."
  }
}

run "with_a_zone_the_same_records_are_made" {
  command = plan

  variables {
    route53_zone    = { id = "Z0123456789ABC" }
    dns_ttl_seconds = 300
  }

  assert {
    condition     = toset([for record in aws_route53_record.this : "${record.name} ${record.type} ${one(record.records)} ${record.ttl} ${record.zone_id}"]) == toset([for record in output.dns_records : "${record.name} ${record.type} ${record.value} 300 Z0123456789ABC"])
    error_message = "What is made must be what is listed."
  }
}

run "dmarc_says_all_it_was_told_v_first" {
  command = plan

  variables {
    dmarc = {
      policy             = "quarantine"
      subdomain_policy   = "none"
      nonexistent_policy = "reject"
      testing            = true
      strict_dkim        = true
      strict_spf         = true
      report_addresses   = ["a@example.com", "b@example.com"]
    }
  }

  assert {
    condition     = [for record in output.dns_records : record.value if record.name == "_dmarc.mail.example.com"] == ["v=DMARC1; p=quarantine; sp=none; np=reject; t=y; adkim=s; aspf=s; rua=mailto:a@example.com,mailto:b@example.com"]
    error_message = "RFC 9989: v first, and np and t, no pct."
  }
}

run "a_kind_of_mail_has_its_own_set" {
  command = plan

  variables {
    configuration_sets = {
      inbound = {}
      news    = { require_tls = false, suppress = [] }
    }
  }

  assert {
    condition     = output.configuration_set_names == { inbound = "mailroom-test-inbound", news = "mailroom-test-news" }
    error_message = "Sets are named by the prefix and the kind of mail."
  }

  assert {
    condition     = aws_sesv2_configuration_set.this["news"].delivery_options[0].tls_policy == "OPTIONAL"
    error_message = "A set that need not require TLS must say OPTIONAL."
  }
}

# OPEN and CLICK would have SES change the mail: a picture in it, and links that go by way of SES.
run "a_set_tells_eventbridge_all_that_leaves_the_mail_alone" {
  command = plan

  assert {
    condition = [for kind, destination in aws_sesv2_configuration_set_event_destination.this : "${kind} ${destination.configuration_set_name} ${destination.event_destination_name}"] == [
      "inbound mailroom-test-inbound events",
    ]
    error_message = "Each set must have one event destination."
  }

  assert {
    condition = aws_sesv2_configuration_set_event_destination.this["inbound"].event_destination[0].matching_event_types == toset([
      "SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "RENDERING_FAILURE", "SUBSCRIPTION",
    ])
    error_message = "All types of events but OPEN and CLICK are the default."
  }

  assert {
    condition = (
      aws_sesv2_configuration_set_event_destination.this["inbound"].event_destination[0].enabled
      && aws_sesv2_configuration_set_event_destination.this["inbound"].event_destination[0].event_bridge_destination[0].event_bus_arn == "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    )
    error_message = "The events must go to this account's default bus, the only one that SES reaches."
  }
}

run "a_set_tells_what_it_is_asked_to_and_nothing_where_nothing_is_asked" {
  command = plan

  variables {
    configuration_sets = {
      inbound = { events = ["SEND", "OPEN"] }
      news    = { events = [] }
    }
  }

  assert {
    condition     = { for kind, destination in aws_sesv2_configuration_set_event_destination.this : kind => destination.event_destination[0].matching_event_types } == { inbound = toset(["SEND", "OPEN"]) }
    error_message = "A set's own list must be taken as it is; without events there is no destination."
  }
}

run "an_event_that_ses_does_not_know_is_refused" {
  command = plan

  variables {
    configuration_sets = { inbound = { events = ["Send"] } }
  }

  expect_failures = [var.configuration_sets]
}

run "a_sender_below_the_domain_is_taken" {
  command = plan

  variables {
    sender_address = "mailroom@any.mail.example.com"
  }

  assert {
    condition     = output.sender_address == "mailroom@any.mail.example.com"
    error_message = "A domain identity may send for what is below it."
  }
}

run "a_sender_of_another_domain_is_refused" {
  command = plan

  variables {
    sender_address = "mailroom@notmail.example.com"
  }

  expect_failures = [var.sender_address]
}

run "bad_input_is_refused" {
  command = plan

  variables {
    domain              = "Mail.example.com"
    sender_address      = null
    mail_from_subdomain = "a.b"
    dmarc               = { policy = "monitor" }
    dns_ttl_seconds     = 5
    configuration_sets  = { inbound = { suppress = ["SPAM"] } }
  }

  expect_failures = [var.domain, var.mail_from_subdomain, var.dmarc, var.dns_ttl_seconds, var.configuration_sets]
}
