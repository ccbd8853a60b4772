################################################################################
# Domain
################################################################################

output "sender_address" {
  description = "The address that mail comes from."
  value       = local.sender_address
}

output "identity_arn" {
  description = "The domain identity's ARN, known at plan; what a role's policy names to send from the domain."
  value       = "${local.arn_start}:identity/${var.domain}"
  depends_on  = [aws_sesv2_email_identity.this]
}

output "mail_from_domain" {
  description = "The domain that bounces return to."
  value       = local.mail_from
}

################################################################################
# DNS
################################################################################

output "dns_records" {
  description = "The records that the domain needs, made in Route 53 or to be pasted at any other DNS provider: name, type, ttl (seconds), value, why."
  value       = [for key in sort(keys(local.records)) : merge(local.records[key], { ttl = var.dns_ttl_seconds })]
}

################################################################################
# Configuration sets
################################################################################

output "configuration_set_names" {
  description = "The configuration sets' names, by kind of mail."
  value       = { for kind, set in aws_sesv2_configuration_set.this : kind => set.configuration_set_name }

  # Mail that goes out before has no events.
  depends_on = [aws_sesv2_configuration_set_event_destination.this]
}

output "configuration_set_arns" {
  description = "The configuration sets' ARNs by kind of mail, known at plan; sending in one needs it in the role's policy."
  value       = { for kind in keys(var.configuration_sets) : kind => "${local.arn_start}:configuration-set/${var.context.name_prefix}-${kind}" }
  depends_on  = [aws_sesv2_configuration_set.this]
}
