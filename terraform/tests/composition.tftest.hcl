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

  mock_data "aws_route53_zone" {
    defaults = { name = "example.com" }
  }
}

# The zips are not built for a test of Terraform, and functions have their own tests.
override_module {
  target = module.links[0].module.function
  outputs = {
    name       = "mailroom-test-links"
    invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:mailroom-test-links/invocations"
  }
}

override_module {
  target = module.inbound[0].module.function
  outputs = {
    name = "mailroom-test-inbound"
    arn  = "arn:aws:lambda:eu-west-1:123456789012:function:mailroom-test-inbound"
  }
}

override_module {
  target = module.inbound[0].module.settle
  outputs = {
    name            = "mailroom-test-settle"
    arn             = "arn:aws:lambda:eu-west-1:123456789012:function:mailroom-test-settle"
    timeout_seconds = 30
  }
}

override_resource {
  target          = aws_kms_key.this
  values          = { arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
  override_during = plan
}

variables {
  environment = "test"
  account_id  = "123456789012"
  region      = "eu-west-1"

  sending = { domain = "mail.example.com" }
  links   = {}
  inbound = {
    receipt_address = "reports@in.mail.example.com"
    rule_set        = { create = "mailroom" }
  }
}

run "everything_on_gives_every_address" {
  command = plan

  assert {
    condition     = output.receipt_address == "reports@in.mail.example.com" && output.sender_address == "mailroom@mail.example.com" && output.configuration_set == "mailroom-test-inbound"
    error_message = "Addresses and the set must come out as they were asked for."
  }

  assert {
    condition = (
      output.raw_bucket == "mailroom-test-raw-123456789012-eu-west-1"
      && output.attachments_bucket == "mailroom-test-attachments-123456789012-eu-west-1"
      && output.ledger_table == "mailroom-test-ledger"
      && output.links_table == "mailroom-test-links"
      && output.inbound_function_name == "mailroom-test-inbound"
      && output.settle_function_name == "mailroom-test-settle"
      && output.links_function_name == "mailroom-test-links"
      && output.alarm_topic_arn == "arn:aws:sns:eu-west-1:123456789012:mailroom-test-alarms"
      && output.notice_topic_arn == "arn:aws:sns:eu-west-1:123456789012:mailroom-test-notices"
    )
    error_message = "Names must be made of the prefix mailroom-test."
  }

  assert {
    condition     = output.rule_set_name == "mailroom" && output.rule_name == "mailroom-test-inbound"
    error_message = "The rule and its set must come out for the commands that look at them."
  }

  # The set that sending makes tells EventBridge by itself.
  assert {
    condition     = local.sender.publishes_sends
    error_message = "With sending on, inbound must not add an event destination."
  }
}

run "a_prefix_of_your_own_starts_every_name" {
  command = plan

  variables {
    name_prefix = "post"
  }

  assert {
    condition     = output.raw_bucket == "post-raw-123456789012-eu-west-1" && output.ledger_table == "post-ledger"
    error_message = "name_prefix must start every physical name."
  }
}

run "what_is_off_makes_nothing_and_its_outputs_are_null" {
  command = plan

  variables {
    inbound = null
    links   = null
  }

  assert {
    condition     = length(module.inbound) == 0 && length(module.links) == 0 && length(module.sending) == 1
    error_message = "Only sending is on."
  }

  assert {
    condition = alltrue([
      for value in [output.receipt_address, output.raw_bucket, output.ledger_table, output.links_url, output.links_table, output.attachments_bucket, output.inbound_queue_url, output.configuration_set == null ? null : "on"] :
      value == null || value == "on"
    ]) && output.sender_address == "mailroom@mail.example.com"
    error_message = "Outputs of what is off must be null, the others as ever."
  }
}

run "nothing_on_is_an_environment_too" {
  command = plan

  variables {
    sending = null
    inbound = null
    links   = null
  }

  assert {
    condition     = length(output.dns_records) == 0 && output.sender_address == null
    error_message = "Without capabilities there are no records and no addresses."
  }
}

################################################################################
# Inbound alone
################################################################################

run "inbound_alone_needs_a_domain_an_address_and_a_set" {
  command = plan

  variables {
    sending = null
    links   = null
    inbound = {
      domain            = "there.example.com"
      receipt_address   = "reports@in.there.example.com"
      configuration_set = "theirs"
    }
  }

  # Links come with it, sending does not.
  assert {
    condition     = length(module.inbound) == 1 && length(module.links) == 1 && length(module.sending) == 0
    error_message = "inbound needs links, with their defaults, and nothing of sending."
  }

  assert {
    condition     = module.links[0].expiry_hours == 36
    error_message = "Links must have their defaults."
  }

  # It sends as the existing domain, in the existing set, to which it adds its event destination.
  assert {
    condition = local.sender == {
      sender_address         = "mailroom@there.example.com"
      identity_arn           = "arn:aws:ses:eu-west-1:123456789012:identity/there.example.com"
      configuration_set_name = "theirs"
      configuration_set_arn  = "arn:aws:ses:eu-west-1:123456789012:configuration-set/theirs"
      publishes_sends        = false
    }
    error_message = "inbound must send by what is there already."
  }

  assert {
    condition     = output.sender_address == "mailroom@there.example.com" && output.configuration_set == "theirs" && output.rule_set_name == "mailroom-test"
    error_message = "The outputs must name the sender, the set and a rule set of our own."
  }

  # The one record left to make.
  assert {
    condition     = [for record in output.dns_records : "${record.name} ${record.type} ${record.value}"] == ["in.there.example.com MX 10 inbound-smtp.eu-west-1.amazonaws.com"]
    error_message = "Only the MX record of the receipt address is ours; the domain's others are there."
  }
}

run "inbound_alone_may_send_as_another_address_of_the_domain" {
  command = plan

  variables {
    sending = null
    inbound = {
      domain            = "there.example.com"
      receipt_address   = "reports@there.example.com"
      sender_address    = "lab@there.example.com"
      configuration_set = "theirs"
    }
  }

  assert {
    condition     = output.sender_address == "lab@there.example.com"
    error_message = "sender_address must be taken."
  }
}

run "inbound_alone_without_a_domain_is_refused" {
  command = plan

  variables {
    sending = null
    inbound = {
      receipt_address   = "reports@there.example.com"
      configuration_set = "theirs"
    }
  }

  expect_failures = [var.inbound]
}

run "inbound_alone_without_a_configuration_set_is_refused" {
  command = plan

  variables {
    sending = null
    inbound = {
      domain          = "there.example.com"
      receipt_address = "reports@there.example.com"
    }
  }

  expect_failures = [var.inbound]
}

run "inbound_alone_at_another_domain_is_refused" {
  command = plan

  variables {
    sending = null
    inbound = {
      domain            = "there.example.com"
      receipt_address   = "reports@notthere.example.com"
      configuration_set = "theirs"
    }
  }

  expect_failures = [var.inbound]
}

run "inbound_alone_that_sends_as_another_domain_is_refused" {
  command = plan

  variables {
    sending = null
    inbound = {
      domain            = "there.example.com"
      receipt_address   = "reports@there.example.com"
      sender_address    = "lab@other.example.com"
      configuration_set = "theirs"
    }
  }

  expect_failures = [var.inbound]
}

# Two domains or two senders would be two truths.
run "a_domain_beside_sending_is_refused" {
  command = plan

  variables {
    inbound = {
      domain          = "mail.example.com"
      receipt_address = "reports@mail.example.com"
    }
  }

  expect_failures = [var.inbound]
}

run "a_sender_beside_sending_is_refused" {
  command = plan

  variables {
    inbound = {
      receipt_address = "reports@mail.example.com"
      sender_address  = "lab@mail.example.com"
    }
  }

  expect_failures = [var.inbound]
}

run "with_sending_on_the_receipt_address_is_enough" {
  command = plan

  variables {
    links   = null
    inbound = { receipt_address = "reports@in.mail.example.com" }
  }

  assert {
    condition     = output.configuration_set == "mailroom-test-inbound" && output.rule_set_name == "mailroom-test" && output.links_table == "mailroom-test-links"
    error_message = "The set inbound, a rule set of our own and links with their defaults must come by themselves."
  }
}

run "settings_reach_the_modules" {
  command = plan

  variables {
    links = { expiry_hours = 1 }
    inbound = {
      receipt_address = "reports@in.mail.example.com"
      rule_set        = { join = "everybodys" }
      queue           = { maximum_receives = 2, alarms = { waiting = 7 } }
      processor       = { timeout_seconds = 15 }
    }
  }

  assert {
    condition     = module.links[0].expiry_hours == 1 && module.inbound[0].rule_set_name == "everybodys"
    error_message = "What the environment's file says must reach the modules."
  }
}

# One run with every member of `sending`: what the root does not hand on would be lost without a word.
run "every_member_of_sending_reaches_the_module" {
  command = plan

  override_resource {
    target          = module.sending[0].aws_sesv2_email_identity.this
    values          = { dkim_signing_attributes = { tokens = ["one", "two", "three"] } }
    override_during = plan
  }

  variables {
    route53_zone = { join = "Z0123456789ABC" }
    sending = {
      domain            = "mail.example.com"
      sender_address    = "lab@example.org"
      configuration_set = "news"
      dns_ttl_seconds   = 60
      domains = {
        "example.net" = {
          configuration_set = "inbound"
          route53_zone_id   = "ZNET"
          mail_from         = { subdomain = "returns", behavior_on_mx_failure = "REJECT_MESSAGE" }
          dkim              = { selector = "own", public_key = join("", [for number in range(54) : "Ab1+"]) }
          dmarc             = { policy = "none", report_addresses = ["dmarc@mail.example.com"] }
        }
      }
      addresses      = { "lab@example.org" = { configuration_set = "inbound" } }
      unused_domains = { "example.info" = { route53_zone_id = "ZINFO" } }
      mail_from      = { subdomain = "bounce" }
      dkim           = { bits = 1024 }
      dmarc = {
        policy                   = "quarantine"
        subdomain_policy         = "none"
        nonexistent_policy       = "reject"
        testing                  = true
        report_addresses         = ["a@mail.example.com"]
        failure_report_addresses = ["f@mail.example.com"]
        failure_options          = "1"
        strict_dkim              = true
        strict_spf               = true
        psd                      = "n"
      }
      configuration_sets = {
        inbound = {}
        news = {
          name                 = "theirs"
          require_tls          = false
          reputation_metrics   = false
          suppress             = []
          max_delivery_seconds = 300
          pool                 = "slow"
          tracking             = { domain = "t.mail.example.com", https_policy = "REQUIRE" }
          vdm                  = { engagement_metrics = false, optimized_shared_delivery = false }
          events = {
            people  = { types = ["BOUNCE"], sns = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:people" } }
            archive = { firehose = { stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/archive", role_arn = "arn:aws:iam::123456789012:role/theirs" } }
            counts  = { cloudwatch = { dimensions = { campaign = { source = "LINK_TAG", default = "other" } } } }
          }
        }
      }
      dedicated_ip_pools = { slow = { scaling_mode = "STANDARD" } }
      account            = { suppress = ["BOUNCE"], vdm = { enabled = false } }
    }
  }

  assert {
    condition = { for record in output.dns_records : record.name => record.value if startswith(record.name, "_dmarc.") } == {
      "_dmarc.example.info"     = "v=DMARC1; p=reject; adkim=s; aspf=s; fo=1; rua=mailto:a@mail.example.com; ruf=mailto:f@mail.example.com"
      "_dmarc.example.net"      = "v=DMARC1; p=none; rua=mailto:dmarc@mail.example.com"
      "_dmarc.mail.example.com" = "v=DMARC1; p=quarantine; sp=none; np=reject; t=y; psd=n; adkim=s; aspf=s; fo=1; rua=mailto:a@mail.example.com; ruf=mailto:f@mail.example.com"
    }
    error_message = "Every member of dmarc must arrive."
  }

  assert {
    condition = { for record in output.dns_records : "${record.name} ${record.type}" => record.ttl if !strcontains(record.name, "_d") && !startswith(record.name, "in.") } == {
      "bounce.mail.example.com MX"  = 60
      "bounce.mail.example.com TXT" = 60
      "returns.example.net MX"      = 60
      "returns.example.net TXT"     = 60
      "example.info MX"             = 60
      "example.info TXT"            = 60
    }
    error_message = "mail_from, domains, unused_domains and dns_ttl_seconds must arrive."
  }

  assert {
    condition     = module.sending[0].configuration_set_names == { inbound = "mailroom-test-inbound", news = "theirs" } && module.sending[0].identity_arn == "arn:aws:ses:eu-west-1:123456789012:identity/lab@example.org"
    error_message = "configuration_sets and addresses must arrive."
  }

  assert {
    condition     = alltrue([for record in output.dns_records : record.made])
    error_message = "Each domain has a zone."
  }
}

run "mail_may_come_in_at_another_of_the_domains" {
  command = plan

  variables {
    sending = { domain = "mail.example.com", domains = { "example.net" = {} } }
    inbound = { receipt_address = "reports@in.example.net" }
  }

  assert {
    condition     = output.receipt_address == "reports@in.example.net"
    error_message = "SES receives for every domain that it knows."
  }
}

run "mail_cannot_come_in_at_an_unused_domain" {
  command = plan

  variables {
    sending = { domain = "mail.example.com", unused_domains = { "old.mail.example.com" = {} } }
    inbound = { receipt_address = "reports@old.mail.example.com" }
  }

  expect_failures = [var.inbound]
}

################################################################################
# DNS
################################################################################

run "a_zone_that_is_made_is_delegated_and_filled" {
  command = plan

  variables {
    route53_zone = { create = "example.com" }
  }

  override_resource {
    target          = aws_route53_zone.this
    values          = { zone_id = "Z0123456789ABC", name_servers = ["ns-1.example.net", "ns-2.example.net", "ns-3.example.net", "ns-4.example.net"] }
    override_during = plan
  }

  assert {
    condition     = [for record in output.dns_records : record.value if record.type == "NS"] == ["ns-1.example.net", "ns-2.example.net", "ns-3.example.net", "ns-4.example.net"]
    error_message = "The delegation must be listed first: it is the one thing left to do by hand."
  }

  assert {
    condition     = length([for record in output.dns_records : record if record.type != "NS"]) == 7
    error_message = "Six records of sending and one of inbound."
  }
}

run "a_zone_that_is_joined_is_the_domains" {
  command = plan

  variables {
    route53_zone = { join = "Z0123456789ABC" }
    sending      = { domain = "mail.example.net" }
    inbound      = null
  }

  expect_failures = [var.sending]
}

run "a_zone_that_is_joined_is_not_made" {
  command = plan

  variables {
    route53_zone = { join = "Z0123456789ABC" }
  }

  assert {
    condition     = length(aws_route53_zone.this) == 0 && local.route53_zone == { id = "Z0123456789ABC", name = "example.com" }
    error_message = "With join the zone is another's, and Route 53 knows its name."
  }
}

run "neither_create_nor_join_is_refused" {
  command = plan

  variables {
    route53_zone = {}
  }

  expect_failures = [var.route53_zone]
}

run "a_zone_beside_the_domain_is_refused" {
  command = plan

  variables {
    route53_zone = { create = "other.example" }
  }

  expect_failures = [var.sending]
}

################################################################################
# Refused input
################################################################################

run "a_receipt_address_of_another_domain_is_refused" {
  command = plan

  variables {
    inbound = {
      receipt_address = "reports@other.example"
      rule_set        = { create = "mailroom" }
    }
  }

  expect_failures = [var.inbound]
}

run "a_former_receipt_address_of_another_domain_is_refused" {
  command = plan

  variables {
    inbound = {
      receipt_address          = "reports@mail.example.com"
      former_receipt_addresses = { "old@other.example" = "2999-12-31" }
    }
  }

  expect_failures = [var.inbound]
}

# Without them a lost answer of SES would stay in doubt until a person decides.
run "a_configuration_set_that_publishes_no_sends_is_refused" {
  command = plan

  variables {
    sending = {
      domain             = "mail.example.com"
      configuration_sets = { inbound = { events = { events = { types = ["BOUNCE"], eventbridge = {} } } } }
    }
  }

  expect_failures = [var.inbound]
}

run "a_configuration_set_that_is_not_there_is_refused" {
  command = plan

  variables {
    sending = {
      domain             = "mail.example.com"
      configuration_sets = { news = {} }
    }
  }

  expect_failures = [var.inbound]
}

run "bad_environment_values_are_refused" {
  command = plan

  variables {
    environment          = "Test"
    region               = "Ireland"
    name_prefix          = "Post-"
    permissions_boundary = "boundary"
    log_retention_days   = 8
    log_level            = "LOUD"
  }

  expect_failures = [var.environment, var.region, var.name_prefix, var.permissions_boundary, var.log_retention_days, var.log_level]
}

# Alone: account_id is checked against the state only once the environment's own name is good.
run "an_account_id_that_is_none_is_refused" {
  command = plan

  variables {
    account_id = "12345"
  }

  expect_failures = [var.account_id]
}
