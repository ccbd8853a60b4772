# What is refused. A run costs half a second, so a few wrong values share one, each of another variable, and of
# none that another's check reads.
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

run "refused_1" {
  command = plan

  variables {
    # A domain in capitals.
    domain = "Mail.example.com"

    # Another domain in capitals.
    domains = { "News.example.com" = {} }

    # A region without SES. Hong Kong has no SES.
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

    # An address that is none.
    addresses = { "lab" = {} }

    # A TTL of seconds.
    dns_ttl_seconds = 5

    # An account that suppresses spam.
    account = { suppress = ["SPAM"] }

    # A pool with another mode.
    dedicated_ip_pools = { news = { scaling_mode = "AUTO" } }
  }

  expect_failures = [var.domain, var.domains, var.context, var.addresses, var.dns_ttl_seconds, var.account, var.dedicated_ip_pools]
}

run "refused_2" {
  command = plan

  variables {
    # A domain with a dot at the end.
    domain = "mail.example.com."

    # A zone id that is a name.
    domains = { "news.example.com" = { route53_zone_id = "example.com" } }

    # A pool of ours in capitals.
    dedicated_ip_pools = { News = {} }
  }

  expect_failures = [var.domain, var.domains, var.dedicated_ip_pools]
}

run "refused_3" {
  command = plan

  variables {
    # A domain without a dot.
    domain = "localhost"
  }

  expect_failures = [var.domain]
}

run "refused_4" {
  command = plan

  variables {
    # An unused domain that sends.
    unused_domains = { "mail.example.com" = {} }

    # A sender of another domain.
    sender_address = "mailroom@notmail.example.com"

    # A MAIL FROM with a dot at the end.
    mail_from = { subdomain = "bounce." }

    # DKIM of 4096 bits.
    dkim = { bits = 4096 }

    # A DMARC policy that is none of three.
    dmarc = { policy = "monitor" }

    # No configuration set.
    configuration_sets = {}
  }

  expect_failures = [var.unused_domains, var.sender_address, var.mail_from, var.dkim, var.dmarc, var.configuration_sets]
}

run "refused_5" {
  command = plan

  variables {
    # An unused domain in capitals.
    unused_domains = { "Example.org" = {} }

    # A selector without a key.
    dkim = { selector = "own" }

    # DMARC by percent. RFC 9989 took it out.
    dmarc = { policy = "quarantine", pct = 10 }

    # A set with a dot.
    configuration_sets = { "in.bound" = {} }

    # A MAIL FROM behaviour that SES does not know.
    domains = { "news.example.com" = { mail_from = { behavior_on_mx_failure = "REJECT" } } }
  }

  expect_failures = [var.unused_domains, var.dkim, var.dmarc, var.configuration_sets, var.mail_from]
}

run "refused_6" {
  command = plan

  variables {
    # An unused domain with a zone that is a name.
    unused_domains = { "example.org" = { route53_zone_id = "example.org" } }

    # A private key in place of the public one.
    dkim = { selector = "own", public_key = "-----BEGIN RSA PRIVATE KEY-----" }

    # A report address with mailto.
    dmarc = { report_addresses = ["mailto:dmarc@example.com"] }

    # Two sets of one name.
    configuration_sets = { inbound = {}, other = { name = "mailroom-test-inbound" } }
  }

  expect_failures = [var.unused_domains, var.dkim, var.dmarc, var.configuration_sets]
}

run "refused_7" {
  command = plan

  variables {
    # A selector with an underscore.
    domains = { "news.example.com" = { dkim = { selector = "own_key", public_key = join("", [for number in range(54) : "Ab1+"]) } } }

    # A report address with a size. RFC 9989 took it out.
    dmarc = { failure_report_addresses = ["dmarc@example.com!10m"] }

    # A default set that is not there.
    configuration_set = "news"
  }

  expect_failures = [var.dkim, var.dmarc, var.configuration_sets]
}

run "refused_8" {
  command = plan

  variables {
    # A DMARC policy of another domain.
    domains = { "news.example.com" = { dmarc = { nonexistent_policy = "drop" } } }

    # An address with a set that is not there.
    addresses = { "lab@example.org" = { configuration_set = "news" } }
  }

  expect_failures = [var.dmarc, var.configuration_sets]
}

run "refused_9" {
  command = plan

  variables {
    # Failure options of before 2026.
    dmarc = { failure_options = "0:1:d:s" }

    # A domain with a set that is not there.
    domains = { "news.example.com" = { configuration_set = "news" } }
  }

  expect_failures = [var.dmarc, var.configuration_sets]
}

run "refused_10" {
  command = plan

  variables {
    # A PSD of maybe.
    dmarc = { psd = "maybe" }

    # A set that suppresses spam.
    configuration_sets = { inbound = { suppress = ["SPAM"] } }
  }

  expect_failures = [var.dmarc, var.configuration_sets]
}

run "refused_11" {
  command = plan

  variables {
    # A set that tries for a day.
    configuration_sets = { inbound = { max_delivery_seconds = 86400 } }
  }

  expect_failures = [var.configuration_sets]
}

run "refused_12" {
  command = plan

  variables {
    # A pool in capitals.
    configuration_sets = { inbound = { pool = "Mine" } }
  }

  expect_failures = [var.configuration_sets]
}

run "refused_13" {
  command = plan

  variables {
    # Tracking at a strangers name.
    configuration_sets = { inbound = { tracking = { domain = "t.example.org" } } }
  }

  expect_failures = [var.configuration_sets]
}

run "refused_14" {
  command = plan

  variables {
    # Tracking with another policy.
    configuration_sets = { inbound = { tracking = { domain = "t.mail.example.com", https_policy = "ALWAYS" } } }
  }

  expect_failures = [var.configuration_sets]
}

run "refused_15" {
  command = plan

  variables {
    # Eleven destinations.
    configuration_sets = { inbound = { events = { for number in range(11) : "d${number}" => { eventbridge = {} } } } }
  }

  expect_failures = [var.configuration_sets]
}

run "refused_16" {
  command = plan

  variables {
    # An event that SES does not know.
    configuration_sets = { inbound = { events = { events = { types = ["Send"], eventbridge = {} } } } }
  }

  expect_failures = [var.configuration_sets]
}

run "refused_17" {
  command = plan

  variables {
    # A destination without a target.
    configuration_sets = { inbound = { events = { events = {} } } }
  }

  expect_failures = [var.configuration_sets]
}

run "refused_18" {
  command = plan

  variables {
    # A destination with two targets.
    configuration_sets = { inbound = { events = { events = { eventbridge = {}, cloudwatch = {} } } } }
  }

  expect_failures = [var.configuration_sets]
}

run "refused_19" {
  command = plan

  variables {
    # A FIFO topic.
    configuration_sets = { inbound = { events = { people = { sns = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:people.fifo" } } } } }
  }

  expect_failures = [var.configuration_sets]
}

run "refused_20" {
  command = plan

  variables {
    # A stream that is a name.
    configuration_sets = { inbound = { events = { archive = { firehose = { stream_arn = "archive" } } } } }
  }

  expect_failures = [var.configuration_sets]
}

run "refused_21" {
  command = plan

  variables {
    # A dimension of another source.
    configuration_sets = { inbound = { events = { counts = { cloudwatch = { dimensions = { x = { source = "TAG" } } } } } } }
  }

  expect_failures = [var.configuration_sets]
}

run "refused_22" {
  command = plan

  variables {
    # No dimension.
    configuration_sets = { inbound = { events = { counts = { cloudwatch = { dimensions = {} } } } } }
  }

  expect_failures = [var.configuration_sets]
}

# Its MX record names SES's feedback door and nothing else.
run "a_mail_from_that_is_a_domain_too" {
  command = plan

  variables {
    domains = { "bounce-eu-west-1.mail.example.com" = {} }
  }

  expect_failures = [aws_sesv2_email_identity_mail_from_attributes.this]
}
