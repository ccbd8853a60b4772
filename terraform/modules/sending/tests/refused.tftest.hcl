# What is refused, each thing by itself. With a mocked provider: nothing is asked of AWS, and only what we decide is looked at.
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

run "a_domain_in_capitals" {
  command = plan

  variables {
    domain = "Mail.example.com"
  }

  expect_failures = [var.domain]
}

run "a_domain_with_a_dot_at_the_end" {
  command = plan

  variables {
    domain = "mail.example.com."
  }

  expect_failures = [var.domain]
}

run "a_domain_without_a_dot" {
  command = plan

  variables {
    domain = "localhost"
  }

  expect_failures = [var.domain]
}

run "another_domain_in_capitals" {
  command = plan

  variables {
    domains = { "News.example.com" = {} }
  }

  expect_failures = [var.domains]
}

run "a_zone_id_that_is_a_name" {
  command = plan

  variables {
    domains = { "news.example.com" = { route53_zone_id = "example.com" } }
  }

  expect_failures = [var.domains]
}

# Hong Kong has no SES.
run "a_region_without_ses" {
  command = plan

  variables {
    context = {
      name_prefix        = "mailroom-test"
      account_id         = "123456789012"
      region             = "ap-east-1"
      kms_key_arn        = "arn:aws:kms:ap-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
      alarm_topic_arn    = "arn:aws:sns:ap-east-1:123456789012:mailroom-test-alarms"
      retain_data        = true
      log_retention_days = 30
      log_level          = "INFO"
    }
  }

  expect_failures = [var.context]
}

run "an_address_that_is_none" {
  command = plan

  variables {
    addresses = { "lab" = {} }
  }

  expect_failures = [var.addresses]
}

run "an_unused_domain_that_sends" {
  command = plan

  variables {
    unused_domains = { "mail.example.com" = {} }
  }

  expect_failures = [var.unused_domains]
}

run "an_unused_domain_in_capitals" {
  command = plan

  variables {
    unused_domains = { "Example.org" = {} }
  }

  expect_failures = [var.unused_domains]
}

run "an_unused_domain_with_a_zone_that_is_a_name" {
  command = plan

  variables {
    unused_domains = { "example.org" = { route53_zone_id = "example.org" } }
  }

  expect_failures = [var.unused_domains]
}

run "a_sender_of_another_domain" {
  command = plan

  variables {
    sender_address = "mailroom@notmail.example.com"
  }

  expect_failures = [var.sender_address]
}

run "a_mail_from_with_a_dot_at_the_end" {
  command = plan

  variables {
    mail_from = { subdomain = "bounce." }
  }

  expect_failures = [var.mail_from]
}

run "a_mail_from_behaviour_that_ses_does_not_know" {
  command = plan

  variables {
    domains = { "news.example.com" = { mail_from = { behavior_on_mx_failure = "REJECT" } } }
  }

  expect_failures = [var.mail_from]
}

# Its MX record names SES's feedback door and nothing else.
run "a_mail_from_that_is_a_domain_too" {
  command = plan

  variables {
    domains = { "bounce-eu-west-1.mail.example.com" = {} }
  }

  expect_failures = [aws_sesv2_email_identity_mail_from_attributes.this]
}

run "dkim_of_4096_bits" {
  command = plan

  variables {
    dkim = { bits = 4096 }
  }

  expect_failures = [var.dkim]
}

run "a_selector_without_a_key" {
  command = plan

  variables {
    dkim = { selector = "own" }
  }

  expect_failures = [var.dkim]
}

run "a_selector_with_an_underscore" {
  command = plan

  variables {
    domains = { "news.example.com" = { dkim = { selector = "own_key", public_key = join("", [for number in range(54) : "Ab1+"]) } } }
  }

  expect_failures = [var.dkim]
}

run "a_private_key_in_place_of_the_public_one" {
  command = plan

  variables {
    dkim = { selector = "own", public_key = "-----BEGIN RSA PRIVATE KEY-----" }
  }

  expect_failures = [var.dkim]
}

run "a_dmarc_policy_that_is_none_of_three" {
  command = plan

  variables {
    dmarc = { policy = "monitor" }
  }

  expect_failures = [var.dmarc]
}

run "a_dmarc_policy_of_another_domain" {
  command = plan

  variables {
    domains = { "news.example.com" = { dmarc = { nonexistent_policy = "drop" } } }
  }

  expect_failures = [var.dmarc]
}

# RFC 9989 took it out.
run "dmarc_by_percent" {
  command = plan

  variables {
    dmarc = { policy = "quarantine", pct = 10 }
  }

  expect_failures = [var.dmarc]
}

run "a_report_address_with_mailto" {
  command = plan

  variables {
    dmarc = { report_addresses = ["mailto:dmarc@example.com"] }
  }

  expect_failures = [var.dmarc]
}

# RFC 9989 took it out.
run "a_report_address_with_a_size" {
  command = plan

  variables {
    dmarc = { failure_report_addresses = ["dmarc@example.com!10m"] }
  }

  expect_failures = [var.dmarc]
}

run "failure_options_of_before_2026" {
  command = plan

  variables {
    dmarc = { failure_options = "0:1:d:s" }
  }

  expect_failures = [var.dmarc]
}

run "a_psd_of_maybe" {
  command = plan

  variables {
    dmarc = { psd = "maybe" }
  }

  expect_failures = [var.dmarc]
}

run "a_ttl_of_seconds" {
  command = plan

  variables {
    dns_ttl_seconds = 5
  }

  expect_failures = [var.dns_ttl_seconds]
}

run "an_account_that_suppresses_spam" {
  command = plan

  variables {
    account = { suppress = ["SPAM"] }
  }

  expect_failures = [var.account]
}

run "no_configuration_set" {
  command = plan

  variables {
    configuration_sets = {}
  }

  expect_failures = [var.configuration_sets]
}

run "a_set_with_a_dot" {
  command = plan

  variables {
    configuration_sets = { "in.bound" = {} }
  }

  expect_failures = [var.configuration_sets]
}

run "two_sets_of_one_name" {
  command = plan

  variables {
    configuration_sets = { inbound = {}, other = { name = "mailroom-test-inbound" } }
  }

  expect_failures = [var.configuration_sets]
}

run "a_default_set_that_is_not_there" {
  command = plan

  variables {
    configuration_set = "news"
  }

  expect_failures = [var.configuration_sets]
}

run "an_address_with_a_set_that_is_not_there" {
  command = plan

  variables {
    addresses = { "lab@example.org" = { configuration_set = "news" } }
  }

  expect_failures = [var.configuration_sets]
}

run "a_domain_with_a_set_that_is_not_there" {
  command = plan

  variables {
    domains = { "news.example.com" = { configuration_set = "news" } }
  }

  expect_failures = [var.configuration_sets]
}

run "a_set_that_suppresses_spam" {
  command = plan

  variables {
    configuration_sets = { inbound = { suppress = ["SPAM"] } }
  }

  expect_failures = [var.configuration_sets]
}

run "a_set_that_tries_for_a_day" {
  command = plan

  variables {
    configuration_sets = { inbound = { max_delivery_seconds = 86400 } }
  }

  expect_failures = [var.configuration_sets]
}

run "a_pool_in_capitals" {
  command = plan

  variables {
    configuration_sets = { inbound = { pool = "Mine" } }
  }

  expect_failures = [var.configuration_sets]
}

run "tracking_at_a_strangers_name" {
  command = plan

  variables {
    configuration_sets = { inbound = { tracking = { domain = "t.example.org" } } }
  }

  expect_failures = [var.configuration_sets]
}

run "tracking_with_another_policy" {
  command = plan

  variables {
    configuration_sets = { inbound = { tracking = { domain = "t.mail.example.com", https_policy = "ALWAYS" } } }
  }

  expect_failures = [var.configuration_sets]
}

run "eleven_destinations" {
  command = plan

  variables {
    configuration_sets = { inbound = { events = { for number in range(11) : "d${number}" => { eventbridge = {} } } } }
  }

  expect_failures = [var.configuration_sets]
}

run "an_event_that_ses_does_not_know" {
  command = plan

  variables {
    configuration_sets = { inbound = { events = { events = { types = ["Send"], eventbridge = {} } } } }
  }

  expect_failures = [var.configuration_sets]
}

run "a_destination_without_a_target" {
  command = plan

  variables {
    configuration_sets = { inbound = { events = { events = {} } } }
  }

  expect_failures = [var.configuration_sets]
}

run "a_destination_with_two_targets" {
  command = plan

  variables {
    configuration_sets = { inbound = { events = { events = { eventbridge = {}, cloudwatch = {} } } } }
  }

  expect_failures = [var.configuration_sets]
}

run "a_fifo_topic" {
  command = plan

  variables {
    configuration_sets = { inbound = { events = { people = { sns = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:people.fifo" } } } } }
  }

  expect_failures = [var.configuration_sets]
}

run "a_stream_that_is_a_name" {
  command = plan

  variables {
    configuration_sets = { inbound = { events = { archive = { firehose = { stream_arn = "archive" } } } } }
  }

  expect_failures = [var.configuration_sets]
}

run "a_dimension_of_another_source" {
  command = plan

  variables {
    configuration_sets = { inbound = { events = { counts = { cloudwatch = { dimensions = { x = { source = "TAG" } } } } } } }
  }

  expect_failures = [var.configuration_sets]
}

run "no_dimension" {
  command = plan

  variables {
    configuration_sets = { inbound = { events = { counts = { cloudwatch = { dimensions = {} } } } } }
  }

  expect_failures = [var.configuration_sets]
}

run "a_pool_with_another_mode" {
  command = plan

  variables {
    dedicated_ip_pools = { news = { scaling_mode = "AUTO" } }
  }

  expect_failures = [var.dedicated_ip_pools]
}

run "a_pool_of_ours_in_capitals" {
  command = plan

  variables {
    dedicated_ip_pools = { News = {} }
  }

  expect_failures = [var.dedicated_ip_pools]
}
