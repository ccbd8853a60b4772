# Identities, configuration sets, the account. With a mocked provider: nothing is asked of AWS, and only what we decide is looked at.
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

run "the_defaults_hold" {
  command = plan

  # The defaults are the safe ones.
  assert {
    condition     = keys(aws_sesv2_email_identity.this) == ["mail.example.com"] && aws_sesv2_email_identity.this["mail.example.com"].dkim_signing_attributes[0].next_signing_key_length == "RSA_2048_BIT"
    error_message = "There must be one domain, with Easy DKIM of 2048 bits."
  }

  assert {
    condition     = aws_sesv2_email_identity.this["mail.example.com"].configuration_set_name == "mailroom-test-inbound"
    error_message = "Mail whose sender names no configuration set must go through one of ours."
  }

  # A MAIL FROM domain has one MX record, which names a Region.
  assert {
    condition = (
      aws_sesv2_email_identity_mail_from_attributes.this["mail.example.com"].mail_from_domain == "bounce-eu-west-1.mail.example.com"
      && aws_sesv2_email_identity_mail_from_attributes.this["mail.example.com"].behavior_on_mx_failure == "USE_DEFAULT_VALUE"
    )
    error_message = "Bounces return to bounce-<region>.<domain>, and while its MX is missing SES sends with its own domain."
  }

  assert {
    condition     = output.sender_address == "mailroom@mail.example.com" && output.identity_arn == "arn:aws:ses:eu-west-1:123456789012:identity/mail.example.com"
    error_message = "Without a word, mail comes from mailroom@<domain>."
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

  # What AWS has once per account and Region is owned by who says so, and by nobody else.
  assert {
    condition     = length(aws_sesv2_account_suppression_attributes.this) == 0 && length(aws_sesv2_account_vdm_attributes.this) == 0
    error_message = "Without a word the account's settings are another's."
  }

  assert {
    condition     = length(aws_sesv2_email_identity.address) == 0 && length(aws_sesv2_dedicated_ip_pool.this) == 0 && length(aws_iam_role.firehose) == 0
    error_message = "Nothing may be made that was not asked for."
  }
}

################################################################################
# Several domains
################################################################################

run "a_domain_takes_what_is_said_for_all_unless_it_says_its_own" {
  command = plan

  variables {
    mail_from = { subdomain = "returns", behavior_on_mx_failure = "REJECT_MESSAGE" }
    dkim      = { bits = 1024 }
    domains = {
      "news.example.com" = {}
      "example.net" = {
        configuration_set = "news"
        mail_from         = {}
        dkim              = {}
      }
    }
    configuration_sets = { inbound = {}, news = {} }
  }

  assert {
    condition = output.mail_from_domains == {
      "mail.example.com" = "returns.mail.example.com"
      "news.example.com" = "returns.news.example.com"
      "example.net"      = "bounce-eu-west-1.example.net"
    }
    error_message = "What is said at the top is for every domain; what a domain says stands in its place as a whole."
  }

  assert {
    condition = { for domain, identity in aws_sesv2_email_identity.this : domain => "${identity.dkim_signing_attributes[0].next_signing_key_length} ${identity.configuration_set_name}" } == {
      "mail.example.com" = "RSA_1024_BIT mailroom-test-inbound"
      "news.example.com" = "RSA_1024_BIT mailroom-test-inbound"
      "example.net"      = "RSA_2048_BIT mailroom-test-news"
    }
    error_message = "Keys and the default configuration set follow the same rule."
  }

  assert {
    condition     = { for domain, it in aws_sesv2_email_identity_mail_from_attributes.this : domain => it.behavior_on_mx_failure } == { "mail.example.com" = "REJECT_MESSAGE", "news.example.com" = "REJECT_MESSAGE", "example.net" = "USE_DEFAULT_VALUE" }
    error_message = "So does what SES does while the MX record is missing."
  }
}

# Then another domain may become the default one, and nothing is made anew.
run "the_default_domain_may_stand_among_the_others" {
  command = plan

  variables {
    domains = {
      "mail.example.com" = { dkim = { bits = 1024 } }
      "example.net"      = {}
    }
  }

  assert {
    condition     = { for domain, identity in aws_sesv2_email_identity.this : domain => identity.dkim_signing_attributes[0].next_signing_key_length } == { "mail.example.com" = "RSA_1024_BIT", "example.net" = "RSA_2048_BIT" }
    error_message = "domain is one more name of domains, which may say its own."
  }
}

# The private key would stay in the state, so SES gets it by a command, and Terraform leaves the signing alone.
run "with_a_key_of_your_own_terraform_says_nothing_of_the_signing" {
  command = plan

  variables {
    domains = {
      "example.net" = { dkim = { selector = "own-2026", public_key = join("", [for number in range(54) : "Ab1+"]) } }
    }
  }

  assert {
    condition     = keys(local.easy_dkim) == ["mail.example.com"] && keys(local.own_dkim) == ["example.net"]
    error_message = "Only the domain with SES's keys may have its signing set."
  }

  assert {
    condition     = [for record in output.dns_records : "${record.name} ${record.type} ${record.value}" if strcontains(record.why, "your own key")] == ["own-2026._domainkey.example.net TXT v=DKIM1; k=rsa; p=${join("", [for number in range(54) : "Ab1+"])}"]
    error_message = "The public key must be listed as a record."
  }

  assert {
    condition     = length([for record in output.dns_records : record if record.type == "CNAME"]) == 3
    error_message = "SES's three records are the other domain's."
  }
}

run "an_address_is_an_identity_with_a_set_of_its_own" {
  command = plan

  variables {
    addresses          = { "lab@example.org" = { configuration_set = "support" }, "press@example.org" = {} }
    configuration_sets = { inbound = {}, support = {} }
    sender_address     = "lab@example.org"
  }

  assert {
    condition     = { for address, identity in aws_sesv2_email_identity.address : address => identity.configuration_set_name } == { "lab@example.org" = "mailroom-test-support", "press@example.org" = "mailroom-test-inbound" }
    error_message = "An address has the set that it names, else the default one."
  }

  assert {
    condition     = output.identity_arn == "arn:aws:ses:eu-west-1:123456789012:identity/lab@example.org" && length(output.identity_arns) == 3
    error_message = "SES checks the nearest identity: the address itself, where it is one."
  }
}

run "a_sender_below_a_domain_is_taken" {
  command = plan

  variables {
    domains        = { "any.mail.example.com" = {}, "example.com" = {} }
    sender_address = "mailroom@of.any.mail.example.com"
  }

  assert {
    condition     = output.sender_address == "mailroom@of.any.mail.example.com" && output.identity_arn == "arn:aws:ses:eu-west-1:123456789012:identity/any.mail.example.com"
    error_message = "A domain identity may send for what is below it; the nearest one counts."
  }
}

################################################################################
# Configuration sets
################################################################################

run "a_kind_of_mail_has_its_own_set" {
  command = plan

  variables {
    configuration_sets = {
      inbound = { max_delivery_seconds = 3600 }
      news    = { require_tls = false, suppress = [] }
      there   = { name = "Theirs" }
    }
  }

  assert {
    condition     = output.configuration_set_names == { inbound = "mailroom-test-inbound", news = "mailroom-test-news", there = "Theirs" }
    error_message = "Sets are named by the prefix and the kind of mail, or by the name that is given."
  }

  assert {
    condition     = output.configuration_set_arns["there"] == "arn:aws:ses:eu-west-1:123456789012:configuration-set/Theirs"
    error_message = "The ARN must be known at plan."
  }

  assert {
    condition     = aws_sesv2_configuration_set.this["news"].delivery_options[0].tls_policy == "OPTIONAL" && aws_sesv2_configuration_set.this["inbound"].delivery_options[0].max_delivery_seconds == 3600
    error_message = "A set that need not require TLS must say OPTIONAL."
  }
}

run "the_default_set_is_the_one_that_is_named" {
  command = plan

  variables {
    configuration_set  = "news"
    configuration_sets = { inbound = {}, news = {} }
  }

  assert {
    condition     = aws_sesv2_email_identity.this["mail.example.com"].configuration_set_name == "mailroom-test-news"
    error_message = "configuration_set is the default one."
  }
}

run "without_inbound_the_default_set_is_the_first" {
  command = plan

  variables {
    configuration_sets = { news = {}, letters = {} }
  }

  assert {
    condition     = aws_sesv2_email_identity.this["mail.example.com"].configuration_set_name == "mailroom-test-letters"
    error_message = "Without a word and without inbound, the first by name is the default one."
  }
}

run "pools_tracking_and_deliverability_are_set_where_asked" {
  command = plan

  variables {
    dedicated_ip_pools = { news = {}, slow = { scaling_mode = "STANDARD" } }
    configuration_sets = {
      inbound = { pool = "theirs" }
      news = {
        pool     = "news"
        tracking = { domain = "t.mail.example.com" }
        vdm      = { engagement_metrics = false }
      }
    }
  }

  assert {
    condition     = { for name, pool in aws_sesv2_dedicated_ip_pool.this : pool.pool_name => pool.scaling_mode } == { "mailroom-test-news" = "MANAGED", "mailroom-test-slow" = "STANDARD" }
    error_message = "A pool is managed by SES unless it says otherwise."
  }

  assert {
    condition     = { for kind, set in aws_sesv2_configuration_set.this : kind => set.delivery_options[0].sending_pool_name } == { inbound = "theirs", news = "mailroom-test-news" }
    error_message = "A pool is one of ours by its key, or one that is there by its name."
  }

  assert {
    condition = (
      aws_sesv2_configuration_set.this["news"].tracking_options[0].custom_redirect_domain == "t.mail.example.com"
      && aws_sesv2_configuration_set.this["news"].vdm_options[0].dashboard_options[0].engagement_metrics == "DISABLED"
      && aws_sesv2_configuration_set.this["news"].vdm_options[0].guardian_options[0].optimized_shared_delivery == "ENABLED"
      && length(aws_sesv2_configuration_set.this["inbound"].vdm_options) == 0
    )
    error_message = "Tracking and deliverability options are the set's own."
  }
}

run "the_owner_of_the_account_sets_what_it_names" {
  command = plan

  variables {
    account = { suppress = ["COMPLAINT"], vdm = { engagement_metrics = false } }
  }

  assert {
    condition     = aws_sesv2_account_suppression_attributes.this["account"].suppressed_reasons == toset(["COMPLAINT"])
    error_message = "account.suppress is the account's."
  }

  assert {
    condition = (
      aws_sesv2_account_vdm_attributes.this["account"].vdm_enabled == "ENABLED"
      && aws_sesv2_account_vdm_attributes.this["account"].dashboard_attributes[0].engagement_metrics == "DISABLED"
      && aws_sesv2_account_vdm_attributes.this["account"].guardian_attributes[0].optimized_shared_delivery == "ENABLED"
    )
    error_message = "account.vdm is the account's."
  }
}

run "the_owner_may_own_one_thing_alone" {
  command = plan

  variables {
    account = { suppress = [] }
  }

  assert {
    condition     = aws_sesv2_account_suppression_attributes.this["account"].suppressed_reasons != null && length(aws_sesv2_account_suppression_attributes.this["account"].suppressed_reasons) == 0 && length(aws_sesv2_account_vdm_attributes.this) == 0
    error_message = "An empty list is a word too: nothing suppresses; what is not named is left alone."
  }
}
