################################################################################
# Mailroom: the capabilities, each switched on by its entry in the environment's
# file. To add one, see docs/.
################################################################################

locals {
  name_prefix = coalesce(var.name_prefix, "mailroom-${var.environment}")
  packages    = "${path.root}/../build/lambda"

  context = {
    name_prefix          = local.name_prefix
    account_id           = var.account_id
    region               = var.region
    kms_key_arn          = aws_kms_key.this.arn
    alarm_topic_arn      = module.alarms.arn
    permissions_boundary = var.permissions_boundary
    retain_data          = var.retain_data
    log_retention_days   = var.log_retention_days
    log_level            = var.log_level
  }
}

module "sending" {
  source = "./modules/sending"
  count  = var.sending == null ? 0 : 1

  context             = local.context
  domain              = var.sending.domain
  mail_from_subdomain = var.sending.mail_from_subdomain
  sender_address      = var.sending.sender_address
  dmarc               = var.sending.dmarc
  configuration_sets  = var.sending.configuration_sets
  dns_ttl_seconds     = var.sending.dns_ttl_seconds
  route53_zone        = local.route53_zone
}

module "links" {
  source = "./modules/links"
  count  = var.links == null ? 0 : 1

  context                   = local.context
  package                   = "${local.packages}/links.zip"
  expiry_hours              = var.links.expiry_hours
  signed_url_seconds        = var.links.signed_url_seconds
  attachment_retention_days = var.links.attachment_retention_days
  throttle                  = var.links.throttle
  memory_mb                 = var.links.memory_mb
  timeout_seconds           = var.links.timeout_seconds
}

module "inbound" {
  source = "./modules/inbound"
  count  = var.inbound == null ? 0 : 1

  context             = local.context
  package             = "${local.packages}/inbound.zip"
  receipt_address     = var.inbound.receipt_address
  rule_set            = var.inbound.rule_set
  after_rule          = var.inbound.after_rule
  marker              = var.inbound.marker
  limits              = var.inbound.limits
  show_all_recipients = var.inbound.show_all_recipients
  raw_retention_days  = var.inbound.raw_retention_days
  queue               = var.inbound.queue
  processor           = var.inbound.processor
  notice_emails       = var.inbound.notice_emails
  dns_ttl_seconds     = var.inbound.dns_ttl_seconds
  route53_zone        = local.route53_zone
  links               = module.links[0]

  sending = {
    sender_address         = module.sending[0].sender_address
    identity_arn           = module.sending[0].identity_arn
    configuration_set_name = module.sending[0].configuration_set_names[var.inbound.configuration_set]
    configuration_set_arn  = module.sending[0].configuration_set_arns[var.inbound.configuration_set]
  }
}
