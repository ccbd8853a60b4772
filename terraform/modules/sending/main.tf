################################################################################
# Identities: the domains and addresses that may send
################################################################################

data "aws_partition" "current" {}

locals {
  arn_middle = "${var.context.region}:${var.context.account_id}"
  arn_start  = "arn:${data.aws_partition.current.partition}:ses:${local.arn_middle}"

  # What a domain says for itself stands in place of what is said for all of them.
  says_nothing = { configuration_set = null, mail_from = null, dkim = null, dmarc = null, route53_zone_id = null }

  said = { for domain in toset(concat([var.domain], keys(var.domains))) : domain => lookup(var.domains, domain, local.says_nothing) }

  domains = {
    for domain, own in local.said : domain => {
      configuration_set = own.configuration_set == null ? local.default_set : own.configuration_set
      dkim              = own.dkim == null ? var.dkim : own.dkim
      dmarc             = own.dmarc == null ? var.dmarc : own.dmarc
      mail_from         = own.mail_from == null ? var.mail_from : own.mail_from
    }
  }

  # The private key of a key of one's own would stay in Terraform's state, so SES gets it by `mailroom sending byodkim`.
  easy_dkim = { for domain, it in local.domains : domain => it.dkim if it.dkim.selector == null }
  own_dkim  = { for domain, it in local.domains : domain => it.dkim if it.dkim.selector != null }

  # A MAIL FROM domain has one MX record, which names a Region: so its name carries the Region.
  mail_from = { for domain, it in local.domains : domain => "${coalesce(it.mail_from.subdomain, "bounce-${var.context.region}")}.${domain}" }
}

resource "aws_sesv2_email_identity" "this" {
  for_each = local.domains

  email_identity         = each.key
  configuration_set_name = aws_sesv2_configuration_set.this[each.value.configuration_set].configuration_set_name

  # Without the block Terraform leaves the signing as it is.
  dynamic "dkim_signing_attributes" {
    for_each = each.value.dkim.selector == null ? [each.value.dkim.bits] : []

    content {
      next_signing_key_length = "RSA_${dkim_signing_attributes.value}_BIT"
    }
  }
}

resource "aws_sesv2_email_identity_mail_from_attributes" "this" {
  for_each = local.domains

  email_identity         = aws_sesv2_email_identity.this[each.key].email_identity
  mail_from_domain       = local.mail_from[each.key]
  behavior_on_mx_failure = each.value.mail_from.behavior_on_mx_failure

  lifecycle {
    precondition {
      condition     = !contains(concat(keys(local.domains), keys(var.unused_domains)), local.mail_from[each.key])
      error_message = "mail_from: ${local.mail_from[each.key]} must be for nothing else, but it is also one of the domains; give mail_from another subdomain."
    }
  }
}

# SES mails a link to each address; it may send once somebody has followed it.
resource "aws_sesv2_email_identity" "address" {
  for_each = var.addresses

  email_identity         = each.key
  configuration_set_name = aws_sesv2_configuration_set.this[each.value.configuration_set == null ? local.default_set : each.value.configuration_set].configuration_set_name
}

################################################################################
# The sender that other capabilities send as
################################################################################

locals {
  sender_address = coalesce(var.sender_address, "mailroom@${var.domain}")

  # SES takes the nearest identity: the address itself, else the domain with the longest name at or above the address.
  sender_domains = [for domain in keys(local.domains) : domain if endswith(".${try(split("@", local.sender_address)[1], "")}", ".${domain}")]
  sender_identity = contains(keys(var.addresses), local.sender_address) ? local.sender_address : one([
    for domain in local.sender_domains : domain if length(domain) == max([for name in local.sender_domains : length(name)]...)
  ])
}

################################################################################
# What SES has once per account and Region: the one environment that says so owns it
################################################################################

resource "aws_sesv2_account_suppression_attributes" "this" {
  for_each = { for owned in var.account[*] : "account" => owned.suppress if owned.suppress != null }

  suppressed_reasons = each.value
}

resource "aws_sesv2_account_vdm_attributes" "this" {
  for_each = { for owned in var.account[*] : "account" => owned.vdm if owned.vdm != null }

  vdm_enabled = each.value.enabled ? "ENABLED" : "DISABLED"

  dynamic "dashboard_attributes" {
    for_each = each.value.enabled ? [each.value] : []

    content {
      engagement_metrics = dashboard_attributes.value.engagement_metrics ? "ENABLED" : "DISABLED"
    }
  }

  dynamic "guardian_attributes" {
    for_each = each.value.enabled ? [each.value] : []

    content {
      optimized_shared_delivery = guardian_attributes.value.optimized_shared_delivery ? "ENABLED" : "DISABLED"
    }
  }
}
