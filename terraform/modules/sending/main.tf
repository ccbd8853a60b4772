################################################################################
# Domain
################################################################################

data "aws_partition" "current" {}

locals {
  arn_start      = "arn:${data.aws_partition.current.partition}:ses:${var.context.region}:${var.context.account_id}"
  event_bus_arn  = "arn:${data.aws_partition.current.partition}:events:${var.context.region}:${var.context.account_id}:event-bus/default"
  mail_from      = "${var.mail_from_subdomain}.${var.domain}"
  sender_address = coalesce(var.sender_address, "mailroom@${var.domain}")

  event_types = ["SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "RENDERING_FAILURE", "SUBSCRIPTION", "OPEN", "CLICK"]
}

resource "aws_sesv2_email_identity" "this" {
  email_identity = var.domain

  dkim_signing_attributes {
    next_signing_key_length = "RSA_2048_BIT"
  }
}

resource "aws_sesv2_email_identity_mail_from_attributes" "this" {
  email_identity   = aws_sesv2_email_identity.this.email_identity
  mail_from_domain = local.mail_from

  # While the MX is missing SES sends with its own domain, rather than not at all.
  behavior_on_mx_failure = "USE_DEFAULT_VALUE"
}

################################################################################
# DNS
################################################################################

locals {
  dmarc_tags = {
    v     = "DMARC1"
    p     = var.dmarc.policy
    sp    = var.dmarc.subdomain_policy
    np    = var.dmarc.nonexistent_policy
    t     = var.dmarc.testing ? "y" : null
    adkim = var.dmarc.strict_dkim ? "s" : null
    aspf  = var.dmarc.strict_spf ? "s" : null
    rua   = length(var.dmarc.report_addresses) > 0 ? join(",", [for address in var.dmarc.report_addresses : "mailto:${address}"]) : null
  }

  # In this order: v must come first (RFC 9989).
  dmarc_value = join("; ", [
    for tag in ["v", "p", "sp", "np", "t", "adkim", "aspf", "rua"] : "${tag}=${local.dmarc_tags[tag]}" if local.dmarc_tags[tag] != null
  ])

  # Three tokens, always (Easy DKIM); their text is known after apply, their number before.
  dkim_records = {
    for number in range(3) : "dkim_${number + 1}" => {
      name  = "${aws_sesv2_email_identity.this.dkim_signing_attributes[0].tokens[number]}._domainkey.${var.domain}"
      type  = "CNAME"
      value = "${aws_sesv2_email_identity.this.dkim_signing_attributes[0].tokens[number]}.dkim.amazonses.com"
      why   = "DKIM ${number + 1} of 3: proves that the domain is yours and signs its mail"
    }
  }

  records = merge(local.dkim_records, {
    mail_from_mx = {
      name  = local.mail_from
      type  = "MX"
      value = "10 feedback-smtp.${var.context.region}.amazonses.com"
      why   = "MAIL FROM: bounces come back to SES"
    }
    mail_from_spf = {
      name  = local.mail_from
      type  = "TXT"
      value = "v=spf1 include:amazonses.com ~all"
      why   = "SPF: SES may send for the MAIL FROM domain"
    }
    dmarc = {
      name  = "_dmarc.${var.domain}"
      type  = "TXT"
      value = local.dmarc_value
      why   = "DMARC: what receivers do with mail that claims the domain and proves nothing"
    }
  })
}

resource "aws_route53_record" "this" {
  for_each = { for name, record in local.records : name => record if var.route53_zone != null }

  zone_id = var.route53_zone.id
  name    = each.value.name
  type    = each.value.type
  ttl     = var.dns_ttl_seconds
  records = [each.value.value]
}

################################################################################
# Configuration sets
################################################################################

resource "aws_sesv2_configuration_set" "this" {
  for_each = var.configuration_sets

  configuration_set_name = "${var.context.name_prefix}-${each.key}"

  delivery_options {
    tls_policy = each.value.require_tls ? "REQUIRE" : "OPTIONAL"
  }

  reputation_options {
    reputation_metrics_enabled = each.value.reputation_metrics
  }

  sending_options {
    sending_enabled = true
  }

  suppression_options {
    suppressed_reasons = each.value.suppress
  }
}

# SES reaches EventBridge's default bus and no other; whoever wants the events has a rule there.
resource "aws_sesv2_configuration_set_event_destination" "this" {
  for_each = { for kind, set in var.configuration_sets : kind => set if length(set.events) > 0 }

  configuration_set_name = aws_sesv2_configuration_set.this[each.key].configuration_set_name
  event_destination_name = "events"

  event_destination {
    enabled              = true
    matching_event_types = each.value.events

    event_bridge_destination {
      event_bus_arn = local.event_bus_arn
    }
  }
}
