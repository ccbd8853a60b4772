################################################################################
# Identities
################################################################################

output "sender_address" {
  description = "The address that mail comes from."
  value       = local.sender_address
}

output "identity_arn" {
  description = "The ARN of the identity that the sender's address belongs to, known at plan; what a role's policy names to send as it."
  value       = "${local.arn_start}:identity/${local.sender_identity}"
  depends_on  = [aws_sesv2_email_identity.this, aws_sesv2_email_identity.address]
}

output "identity_arns" {
  description = "The ARNs of all identities by domain and address, known at plan."
  value       = { for name in concat(keys(local.domains), keys(var.addresses)) : name => "${local.arn_start}:identity/${name}" }
  depends_on  = [aws_sesv2_email_identity.this, aws_sesv2_email_identity.address]
}

output "mail_from_domains" {
  description = "The domains that bounces return to, by domain."
  value       = local.mail_from
}

################################################################################
# DNS
################################################################################

output "dns_records" {
  description = "The records that the domains need: name, type, ttl (seconds), value, why, and whether they are made in Route 53 (`made`) or to be pasted at another DNS provider."
  value = [
    for key in sort(keys(local.records)) : {
      name  = local.records[key].name
      type  = local.records[key].type
      ttl   = var.dns_ttl_seconds
      value = local.records[key].value
      why   = local.records[key].why
      made  = contains(keys(local.zone_of), key)
    }
  ]
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
  value       = local.set_arns
  depends_on  = [aws_sesv2_configuration_set.this]
}
