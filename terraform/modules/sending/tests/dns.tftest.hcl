# DNS records. With a mocked provider: nothing is asked of AWS, and only what we decide is looked at.
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

run "every_record_is_listed_without_a_zone_and_none_is_made" {
  command = plan

  assert {
    condition     = length(aws_route53_record.this) == 0
    error_message = "Without a zone no record may be made."
  }

  assert {
    condition = [for record in output.dns_records : "${record.name} ${record.type} ${record.value} ${record.ttl} ${record.made}"] == [
      "one._domainkey.mail.example.com CNAME one.dkim.amazonses.com 1800 false",
      "two._domainkey.mail.example.com CNAME two.dkim.amazonses.com 1800 false",
      "three._domainkey.mail.example.com CNAME three.dkim.amazonses.com 1800 false",
      "_dmarc.mail.example.com TXT v=DMARC1; p=reject 1800 false",
      "bounce-eu-west-1.mail.example.com MX 10 feedback-smtp.eu-west-1.amazonses.com 1800 false",
      "bounce-eu-west-1.mail.example.com TXT v=spf1 include:amazonses.com ~all 1800 false",
    ]
    error_message = "Three DKIM records, DMARC, and MX and SPF of the MAIL FROM domain must be listed."
  }
}

# AWS General Reference: these Regions do not use dkim.amazonses.com.
run "a_region_may_have_a_dkim_domain_of_its_own" {
  command = plan

  variables {
    context = {
      name_prefix        = "mailroom-test"
      account_id         = "123456789012"
      region             = "eu-south-1"
      kms_key_arn        = "arn:aws:kms:eu-south-1:123456789012:key/11111111-2222-3333-4444-555555555555"
      alarm_topic_arn    = "arn:aws:sns:eu-south-1:123456789012:mailroom-test-alarms"
      retain_data        = true
      log_retention_days = 30
      log_level          = "INFO"
    }
  }

  assert {
    condition     = [for record in output.dns_records : record.value if record.type == "CNAME"] == ["one.dkim.eu-south-1.amazonses.com", "two.dkim.eu-south-1.amazonses.com", "three.dkim.eu-south-1.amazonses.com"]
    error_message = "In Milan the keys are below dkim.eu-south-1.amazonses.com."
  }
}

################################################################################
# Route 53
################################################################################

run "with_a_zone_the_same_records_are_made" {
  command = plan

  variables {
    route53_zone    = { id = "Z0123456789ABC", name = "example.com" }
    dns_ttl_seconds = 300
  }

  assert {
    condition     = toset([for record in aws_route53_record.this : "${record.name} ${record.type} ${one(record.records)} ${record.ttl} ${record.zone_id} true"]) == toset([for record in output.dns_records : "${record.name} ${record.type} ${record.value} 300 Z0123456789ABC ${record.made}"])
    error_message = "What is made must be what is listed."
  }
}

run "each_record_goes_to_the_nearest_zone_or_is_only_listed" {
  command = plan

  variables {
    route53_zone = { id = "ZENVIRONMENT", name = "example.com" }
    domains = {
      "news.example.com" = { route53_zone_id = "ZNEWS" }
      "example.net"      = { route53_zone_id = "ZNET" }
      "notexample.com"   = {}
    }
    unused_domains = { "example.org" = { route53_zone_id = "ZORG" }, "old.example.com" = {} }
  }

  assert {
    condition = distinct([for key, record in aws_route53_record.this : "${split("/", key)[0]} ${record.zone_id}"]) == tolist([
      "example.net ZNET", "example.org ZORG", "mail.example.com ZENVIRONMENT", "news.example.com ZNEWS", "old.example.com ZENVIRONMENT",
    ])
    error_message = "A domain's own zone comes first, then the environment's where that is above it."
  }

  # Ends with the same letters, and is another domain.
  assert {
    condition     = alltrue([for record in output.dns_records : record.made != endswith(record.name, "notexample.com")])
    error_message = "A domain without a zone is only listed."
  }
}

# RFC 1035, section 3.3.14: one string of a text has at most 255 characters.
run "a_long_text_is_made_in_pieces_and_listed_whole" {
  command = plan

  variables {
    route53_zone = { id = "Z0123456789ABC", name = "example.com" }
    dkim         = { selector = "own", public_key = join("", [for number in range(98) : "Ab1+"]) }
  }

  assert {
    condition = (
      [for piece in split("\"\"", one(aws_route53_record.this["mail.example.com/dkim_own"].records)) : length(piece)] == [255, 155]
      && join("", split("\"\"", one(aws_route53_record.this["mail.example.com/dkim_own"].records))) == "v=DKIM1; k=rsa; p=${join("", [for number in range(98) : "Ab1+"])}"
    )
    error_message = "A key of 2048 bits has more than 255 characters."
  }

  assert {
    condition     = [for record in output.dns_records : length(record.value) if strcontains(record.name, "_domainkey")] == [410]
    error_message = "dns_records has the text as it is read."
  }
}

################################################################################
# DMARC
################################################################################

run "dmarc_says_all_it_was_told_v_first" {
  command = plan

  variables {
    dmarc = {
      policy                   = "quarantine"
      subdomain_policy         = "none"
      nonexistent_policy       = "reject"
      testing                  = true
      psd                      = "n"
      strict_dkim              = true
      strict_spf               = true
      failure_options          = "d:s"
      report_addresses         = ["a@mail.example.com", "b@example.com"]
      failure_report_addresses = ["c@mail.example.com"]
    }
  }

  assert {
    condition     = [for record in output.dns_records : record.value if record.name == "_dmarc.mail.example.com"] == ["v=DMARC1; p=quarantine; sp=none; np=reject; t=y; psd=n; adkim=s; aspf=s; fo=d:s; rua=mailto:a@mail.example.com,mailto:b@example.com; ruf=mailto:c@mail.example.com"]
    error_message = "RFC 9989: v first, with np and t, without pct."
  }
}

run "a_domain_has_its_own_stage" {
  command = plan

  variables {
    dmarc   = { report_addresses = ["dmarc@mail.example.com"] }
    domains = { "old.example.com" = { dmarc = { policy = "none" } }, "new.example.com" = {} }
  }

  assert {
    condition = { for record in output.dns_records : record.name => record.value if startswith(record.name, "_dmarc.") } == {
      "_dmarc.mail.example.com" = "v=DMARC1; p=reject; rua=mailto:dmarc@mail.example.com"
      "_dmarc.new.example.com"  = "v=DMARC1; p=reject; rua=mailto:dmarc@mail.example.com"
      "_dmarc.old.example.com"  = "v=DMARC1; p=none"
    }
    error_message = "A new domain starts at reject; one that says its own stage has it."
  }
}

# RFC 9990, section 4: without that record receivers send no report to another's address.
run "reports_to_another_domain_need_its_word" {
  command = plan

  variables {
    route53_zone = { id = "ZENVIRONMENT", name = "reports.example" }
    domains      = { "news.example.net" = {}, "example.net" = { dmarc = {} }, "shop.example.net" = { dmarc = { report_addresses = ["h@news.example.net"] } } }
    dmarc = {
      report_addresses         = ["a@reports.example", "b@reports.example", "c@mail.example.com", "d@example.com", "e@in.mail.example.com"]
      failure_report_addresses = ["g@reports.example"]
    }
  }

  assert {
    condition = [for record in output.dns_records : "${record.name} ${record.type} ${record.value} ${record.made}" if strcontains(record.name, "_report.") && startswith(record.name, "mail.")] == [
      "mail.example.com._report._dmarc.example.com TXT v=DMARC1; false",
      "mail.example.com._report._dmarc.reports.example TXT v=DMARC1; true",
    ]
    error_message = "One record for each domain that takes reports and has no DMARC record of ours at or above both; made where the zone is ours."
  }

  assert {
    condition     = length([for record in output.dns_records : record if startswith(record.name, "shop.example.net._report")]) == 0
    error_message = "Two domains below a third one with a DMARC record have one owner."
  }
}

################################################################################
# Others
################################################################################

run "an_unused_domain_says_that_it_sends_and_takes_nothing" {
  command = plan

  variables {
    dmarc          = { policy = "none", testing = true, subdomain_policy = "none", report_addresses = ["dmarc@mail.example.com"] }
    unused_domains = { "example.org" = {} }
  }

  assert {
    condition = [for record in output.dns_records : "${record.name} ${record.type} ${record.value}" if endswith(record.name, "example.org") && !strcontains(record.name, "_report")] == [
      "_dmarc.example.org TXT v=DMARC1; p=reject; rua=mailto:dmarc@mail.example.com",
      "example.org MX 0 .",
      "example.org TXT v=spf1 -all",
    ]
    error_message = "An unused domain is at reject whatever the others are, and reports where they do."
  }

  assert {
    condition     = keys(aws_sesv2_email_identity.this) == ["mail.example.com"]
    error_message = "An unused domain is no identity."
  }
}

run "a_domain_for_counted_links_leads_to_ses_unless_something_stands_before_it" {
  command = plan

  variables {
    configuration_sets = {
      inbound = { tracking = { domain = "t.mail.example.com" } }
      news    = { tracking = { domain = "cdn.mail.example.com", https_policy = "REQUIRE" } }
    }
  }

  assert {
    condition     = [for record in output.dns_records : "${record.name} ${record.type} ${record.value}" if strcontains(record.why, "Tracking")] == ["t.mail.example.com CNAME r.eu-west-1.awstrack.me"]
    error_message = "With HTTPS the name leads to your own distribution, so no record is known."
  }
}
