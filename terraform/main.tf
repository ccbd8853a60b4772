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

  context            = local.context
  domain             = var.sending.domain
  domains            = var.sending.domains
  addresses          = var.sending.addresses
  unused_domains     = var.sending.unused_domains
  sender_address     = var.sending.sender_address
  mail_from          = var.sending.mail_from
  dkim               = var.sending.dkim
  dmarc              = var.sending.dmarc
  configuration_set  = var.sending.configuration_set
  configuration_sets = var.sending.configuration_sets
  dedicated_ip_pools = var.sending.dedicated_ip_pools
  account            = var.sending.account
  dns_ttl_seconds    = var.sending.dns_ttl_seconds
  route53_zone       = local.route53_zone
}

# `inbound` needs links, so with it they are on, with their defaults where nothing is said.
module "links" {
  source = "./modules/links"
  count  = var.links == null && var.inbound == null ? 0 : 1

  context                   = local.context
  package                   = "${local.packages}/links.zip"
  expiry_hours              = try(var.links.expiry_hours, null)
  signed_url_seconds        = try(var.links.signed_url_seconds, null)
  attachment_retention_days = try(var.links.attachment_retention_days, null)
  malware_protection        = try(var.links.malware_protection, null)
  throttle                  = try(var.links.throttle, null)
  memory_mb                 = try(var.links.memory_mb, null)
  timeout_seconds           = try(var.links.timeout_seconds, null)
}

locals {
  # What `inbound` sends with: what `sending` makes, or a domain and a configuration set that are there without it.
  domain       = var.sending == null ? try(var.inbound.domain, null) : var.sending.domain
  kind_of_mail = try(coalesce(var.inbound.configuration_set, "inbound"), null)
  ses_arn      = "arn:${data.aws_partition.current.partition}:ses:${local.arn_middle}"

  sender = var.sending == null ? {
    sender_address         = try(coalesce(var.inbound.sender_address, "mailroom@${local.domain}"), null)
    identity_arn           = "${local.ses_arn}:identity/${coalesce(local.domain, "-")}"
    configuration_set_name = local.kind_of_mail
    configuration_set_arn  = "${local.ses_arn}:configuration-set/${coalesce(local.kind_of_mail, "-")}"
    publishes_sends        = false
    } : {
    sender_address         = module.sending[0].sender_address
    identity_arn           = module.sending[0].identity_arn
    configuration_set_name = try(module.sending[0].configuration_set_names[local.kind_of_mail], null)
    configuration_set_arn  = try(module.sending[0].configuration_set_arns[local.kind_of_mail], null)
    publishes_sends        = true
  }

  domain_form = "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$"
}

module "inbound" {
  source = "./modules/inbound"
  count  = var.inbound == null ? 0 : 1

  context                   = local.context
  package                   = "${local.packages}/inbound.zip"
  receipt_address           = var.inbound.receipt_address
  former_receipt_addresses  = var.inbound.former_receipt_addresses
  rule_set                  = var.inbound.rule_set
  after_rule                = var.inbound.after_rule
  marker                    = var.inbound.marker
  limits                    = var.inbound.limits
  keep                      = var.inbound.keep
  verdict_policy            = var.inbound.verdict_policy
  allowed_recipient_domains = var.inbound.allowed_recipient_domains
  sends_per_second          = var.inbound.sends_per_second
  show_all_recipients       = var.inbound.show_all_recipients
  raw_retention_days        = var.inbound.raw_retention_days
  ledger_retention_days     = var.inbound.ledger_retention_days
  queue                     = var.inbound.queue
  sends_queue               = var.inbound.sends_queue
  processor                 = var.inbound.processor
  notice_emails             = var.inbound.notice_emails
  notice_shows_text         = var.inbound.notice_shows_text
  dns_ttl_seconds           = var.inbound.dns_ttl_seconds
  route53_zone              = local.route53_zone
  links                     = module.links[0]
  sending                   = local.sender
}

# It takes one output of `sending` by its index: a `for` over the module would wait for all of it, DNS records and all.
module "status" {
  source = "./modules/status"
  count  = var.status == null ? 0 : 1

  context                = local.context
  package                = "${local.packages}/status.zip"
  ses                    = var.status.ses
  sending_sets           = try(values(module.sending[0].configuration_set_names), [])
  sms                    = var.status.sms
  pinpoint               = var.status.pinpoint
  reference_tag          = var.status.reference_tag
  retention_days         = var.status.retention_days
  archive_retention_days = var.status.archive_retention_days
  stuck_hours            = var.status.stuck_hours
  archive                = var.status.archive
  queue                  = var.status.queue
  fold                   = var.status.fold
  transform              = var.status.transform
  watch                  = var.status.watch
  api                    = var.status.api
  alarms                 = var.status.alarms
}
