################################################################################
# Context
################################################################################

variable "context" {
  description = <<-EOT
    What every module of one environment shares; the root makes it once (`local.context`):
    `name_prefix` (2 to 22 characters, starts every physical name), `account_id` (12 digits), `region`,
    `kms_key_arn` (the environment's key), `alarm_topic_arn` (where alarms go), `permissions_boundary`
    (policy ARN or null), `retain_data` (false: buckets and tables may go with their data),
    `log_retention_days` (days, as CloudWatch allows them), `log_level` (DEBUG, INFO, WARN or ERROR).
  EOT

  type = object({
    name_prefix          = string
    account_id           = string
    region               = string
    kms_key_arn          = string
    alarm_topic_arn      = string
    permissions_boundary = optional(string)
    retain_data          = bool
    log_retention_days   = number
    log_level            = string
  })
  nullable = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,20}[a-z0-9]$", var.context.name_prefix))
    error_message = "context.name_prefix: 2 to 22 characters, lower-case letters, digits and hyphens, a letter first, no hyphen last (bucket names add 41 characters and may have 63)."
  }

  validation {
    condition     = contains(local.sending_regions, var.context.region)
    error_message = "context.region: SES does not send from ${var.context.region} (allowed: ${join(", ", local.sending_regions)})."
  }
}

locals {
  # As botocore lists them for SES; AWS adds one now and then.
  sending_regions = [
    "af-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1",
    "ap-southeast-2", "ap-southeast-3", "ap-southeast-5", "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2",
    "eu-north-1", "eu-south-1", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1",
    "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2",
  ]

  label        = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
  domain_form  = "^(${local.label}\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$"
  address_form = "^[A-Za-z0-9.#$%&'*+/=?^_`{|}~-]{1,64}@(${local.label}\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$"
  zone_id_form = "^Z[A-Z0-9]{1,31}$"
}

################################################################################
# Identities
################################################################################

variable "domain" {
  description = "The domain that mail comes from where nothing else is said, 4 to 220 characters in lower case, as `mail.example.com`. It and what is below it may also receive."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex(local.domain_form, var.domain)) && length(var.domain) <= 220
    error_message = "domain: a domain name in lower case without a dot at the end, at most 220 characters (allowed: mail.example.com)."
  }
}

variable "domains" {
  description = <<-EOT
    More domains that may send, 0 to 100, by name (`domain` itself may be among them). A domain takes what is said for all
    of them (`configuration_set`, `mail_from`, `dkim`, `dmarc`, each as a whole) where it does not say its own;
    `route53_zone_id`: the hosted zone that it has for itself (null: the environment's, where that is above it).
  EOT
  type = map(object({
    configuration_set = optional(string)
    route53_zone_id   = optional(string)
    mail_from = optional(object({
      subdomain              = optional(string)
      behavior_on_mx_failure = optional(string, "USE_DEFAULT_VALUE")
    }))
    dkim = optional(object({
      bits       = optional(number, 2048)
      selector   = optional(string)
      public_key = optional(string)
    }))
    dmarc = optional(object({
      policy                   = optional(string, "reject")
      subdomain_policy         = optional(string)
      nonexistent_policy       = optional(string)
      testing                  = optional(bool, false)
      report_addresses         = optional(list(string), [])
      failure_report_addresses = optional(list(string), [])
      failure_options          = optional(string)
      strict_dkim              = optional(bool, false)
      strict_spf               = optional(bool, false)
      psd                      = optional(string)
      pct                      = optional(number)
    }))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.domains) <= 100 && alltrue([for domain in keys(var.domains) : can(regex(local.domain_form, domain)) && length(domain) <= 220])
    error_message = "domains: 0 to 100 domain names in lower case without a dot at the end, each at most 220 characters (allowed: { \"news.example.com\" = {} })."
  }

  validation {
    condition     = alltrue([for own in values(var.domains) : own.route53_zone_id == null ? true : can(regex(local.zone_id_form, own.route53_zone_id))])
    error_message = "domains: route53_zone_id is a hosted zone's id, capitals and digits with a Z first (allowed: Z0123456789ABC)."
  }
}

variable "addresses" {
  description = <<-EOT
    Single addresses that may send, 0 to 1000, for domains that are not ours: `{ "lab@example.org" = {} }`. SES mails a
    link to each. `configuration_set`: a key of configuration_sets (null: the default one).
  EOT
  type        = map(object({ configuration_set = optional(string) }))
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.addresses) <= 1000 && alltrue([for address in keys(var.addresses) : can(regex(local.address_form, address))])
    error_message = "addresses: 0 to 1000 plain addresses, the domain in lower case (allowed: { \"lab@example.org\" = {} })."
  }
}

variable "unused_domains" {
  description = <<-EOT
    Domains of yours that never send and never receive, 0 to 100, by name: their records say so (DMARC p=reject, SPF
    without anybody, null MX). `route53_zone_id`: as in domains.
  EOT
  type        = map(object({ route53_zone_id = optional(string) }))
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.unused_domains) <= 100 && alltrue([for domain in keys(var.unused_domains) : can(regex(local.domain_form, domain)) && length(domain) <= 220])
    error_message = "unused_domains: 0 to 100 domain names in lower case without a dot at the end, each at most 220 characters (allowed: { \"example.org\" = {} })."
  }

  validation {
    condition     = length(setintersection(keys(var.unused_domains), concat([var.domain], keys(var.domains)))) == 0
    error_message = "unused_domains: ${join(", ", setintersection(keys(var.unused_domains), concat([var.domain], keys(var.domains))))} is also in domain or domains; a domain sends or it does not."
  }

  validation {
    condition     = alltrue([for own in values(var.unused_domains) : own.route53_zone_id == null ? true : can(regex(local.zone_id_form, own.route53_zone_id))])
    error_message = "unused_domains: route53_zone_id is a hosted zone's id, capitals and digits with a Z first (allowed: Z0123456789ABC)."
  }
}

variable "sender_address" {
  description = "The address that other capabilities send as: at one of the domains or below, or one of addresses; null: `mailroom@<domain>`."
  type        = string
  default     = null

  validation {
    condition = var.sender_address == null ? true : contains(keys(var.addresses), var.sender_address) || (
      anytrue([for domain in concat([var.domain], keys(var.domains)) : can(regex("^[^@\\s]+@([^@\\s]+\\.)?${replace(domain, ".", "\\.")}$", var.sender_address))])
    )
    error_message = "sender_address: null, one of addresses, or an address at a domain that may send or below it (allowed: mailroom@<domain>, mailroom@any.<domain>; the domains are ${join(", ", concat([var.domain], keys(var.domains)))})."
  }
}

################################################################################
# What holds for every domain that does not say its own
################################################################################

variable "configuration_set" {
  description = "The kind of mail that mail is where the sender names no configuration set, a key of configuration_sets; null: `inbound`, or without that the first by name."
  type        = string
  default     = null
}

variable "mail_from" {
  description = <<-EOT
    Where bounces return to (custom MAIL FROM): `subdomain`, the name below the domain, for nothing else (null:
    `bounce-<region>`, since each Region needs its own); `behavior_on_mx_failure`, while its MX record is missing
    (USE_DEFAULT_VALUE: SES sends with its own domain; REJECT_MESSAGE: it does not send).
  EOT
  type = object({
    subdomain              = optional(string)
    behavior_on_mx_failure = optional(string, "USE_DEFAULT_VALUE")
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for it in concat([var.mail_from], [for own in values(var.domains) : own.mail_from if own.mail_from != null]) : it.subdomain == null ? true : can(regex("^(${local.label}\\.)*${local.label}$", it.subdomain))])
    error_message = "mail_from.subdomain: one or more labels of 1 to 63 lower-case letters, digits and hyphens (allowed: bounce-eu-west-1)."
  }

  validation {
    condition     = alltrue([for it in concat([var.mail_from], [for own in values(var.domains) : own.mail_from if own.mail_from != null]) : contains(["USE_DEFAULT_VALUE", "REJECT_MESSAGE"], it.behavior_on_mx_failure)])
    error_message = "mail_from.behavior_on_mx_failure: allowed are USE_DEFAULT_VALUE, REJECT_MESSAGE."
  }
}

variable "dkim" {
  description = <<-EOT
    How mail is signed. SES's own keys (Easy DKIM), which AWS turns: `bits`, 2048 or 1024. A key of your own: `selector` and
    `public_key` (RSA of 1024 to 2048 bits, base64 of its DER form), and `mailroom sending byodkim` gives SES the private one.
  EOT
  type = object({
    bits       = optional(number, 2048)
    selector   = optional(string)
    public_key = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for it in concat([var.dkim], [for own in values(var.domains) : own.dkim if own.dkim != null]) : contains([1024, 2048], it.bits)])
    error_message = "dkim.bits: allowed are 2048 and 1024 (for DNS providers that take no longer record)."
  }

  validation {
    condition     = alltrue([for it in concat([var.dkim], [for own in values(var.domains) : own.dkim if own.dkim != null]) : (it.selector == null) == (it.public_key == null)])
    error_message = "dkim: selector and public_key go together (a key of your own), or neither is there (SES's keys)."
  }

  validation {
    condition     = alltrue([for it in concat([var.dkim], [for own in values(var.domains) : own.dkim if own.dkim != null]) : it.selector == null ? true : can(regex("^${local.label}$", it.selector))])
    error_message = "dkim.selector: one label of 1 to 63 lower-case letters, digits and hyphens (allowed: mailroom-2026)."
  }

  validation {
    condition     = alltrue([for it in concat([var.dkim], [for own in values(var.domains) : own.dkim if own.dkim != null]) : it.public_key == null ? true : can(regex("^[A-Za-z0-9+/]{200,400}={0,2}$", it.public_key))])
    error_message = "dkim.public_key: the base64 of the public key on one line, without its BEGIN and END lines (`mailroom sending byodkim … --dry-run` prints it)."
  }
}

variable "dmarc" {
  description = <<-EOT
    What receivers do with mail that claims the domain and proves nothing (RFC 9989), by stage: `policy` (p: none,
    quarantine, reject), `subdomain_policy` (sp) and `nonexistent_policy` (np) the same (null: as the policy; read only
    at the organizational domain, as example.com), `testing` (t=y: receivers do not apply the policy yet),
    `report_addresses` (rua) and `failure_report_addresses` (ruf), 0 to 10 each, `failure_options` (fo: 0, 1, d, s, d:s),
    `strict_dkim`, `strict_spf` (adkim, aspf: the very domain, not one above or below), `psd` (y, n or u: of registries).
    `pct` is refused: RFC 9989 has none, `testing` is in its place.
  EOT
  type = object({
    policy                   = optional(string, "reject")
    subdomain_policy         = optional(string)
    nonexistent_policy       = optional(string)
    testing                  = optional(bool, false)
    report_addresses         = optional(list(string), [])
    failure_report_addresses = optional(list(string), [])
    failure_options          = optional(string)
    strict_dkim              = optional(bool, false)
    strict_spf               = optional(bool, false)
    psd                      = optional(string)
    pct                      = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for policy in flatten([for it in concat([var.dmarc], [for own in values(var.domains) : own.dmarc if own.dmarc != null]) : compact([it.policy, it.subdomain_policy, it.nonexistent_policy])]) :
      contains(["none", "quarantine", "reject"], policy)
    ])
    error_message = "dmarc: policy, subdomain_policy and nonexistent_policy are each none, quarantine or reject."
  }

  validation {
    condition = alltrue([
      for addresses in flatten([for it in concat([var.dmarc], [for own in values(var.domains) : own.dmarc if own.dmarc != null]) : [{ list = it.report_addresses }, { list = it.failure_report_addresses }]]) :
      length(addresses.list) <= 10 && alltrue([for address in addresses.list : can(regex(local.address_form, address))])
    ])
    error_message = "dmarc: report_addresses and failure_report_addresses are 0 to 10 plain addresses, the domain in lower case (allowed: dmarc@example.com), without mailto: and without a size."
  }

  validation {
    condition     = alltrue([for it in concat([var.dmarc], [for own in values(var.domains) : own.dmarc if own.dmarc != null]) : contains(["0", "1", "d", "s", "d:s", "s:d"], coalesce(it.failure_options, "0"))])
    error_message = "dmarc.failure_options: allowed are 0, 1, d, s, d:s (RFC 9989, fo)."
  }

  validation {
    condition     = alltrue([for it in concat([var.dmarc], [for own in values(var.domains) : own.dmarc if own.dmarc != null]) : contains(["y", "n", "u"], coalesce(it.psd, "u"))])
    error_message = "dmarc.psd: allowed are y, n, u (RFC 9989); only a registry needs it."
  }

  validation {
    condition     = alltrue([for it in concat([var.dmarc], [for own in values(var.domains) : own.dmarc if own.dmarc != null]) : it.pct == null])
    error_message = "dmarc.pct: RFC 9989 took pct out of DMARC, and receivers pass over it. To try a policy first, write testing = true (t=y)."
  }
}

################################################################################
# DNS
################################################################################

variable "route53_zone" {
  description = "The environment's hosted zone, `{ id = \"Z…\", name = \"example.com\" }`: it gets the records at that name and below; null: all are only listed in `dns_records`, for any other DNS provider."
  type        = object({ id = string, name = string })
  default     = null
}

variable "dns_ttl_seconds" {
  description = "How long others may remember a record, 60 to 86400 seconds."
  type        = number
  default     = 1800
  nullable    = false

  validation {
    condition     = var.dns_ttl_seconds >= 60 && var.dns_ttl_seconds <= 86400
    error_message = "dns_ttl_seconds: from 60 to 86400 seconds."
  }
}

################################################################################
# Account
################################################################################

variable "account" {
  description = <<-EOT
    What SES has once per account and Region, for the one environment that owns it; null: another's. `suppress`: what puts a
    recipient on the account's suppression list, BOUNCE, COMPLAINT, both or none (null: left alone). `vdm`: the Virtual
    Deliverability Manager, which costs by the mail (null: left alone): `enabled`, `engagement_metrics`, `optimized_shared_delivery`.
  EOT
  type = object({
    suppress = optional(set(string))
    vdm = optional(object({
      enabled                   = optional(bool, true)
      engagement_metrics        = optional(bool, true)
      optimized_shared_delivery = optional(bool, true)
    }))
  })
  default = null

  validation {
    condition     = length(setsubtract(try(coalesce(var.account.suppress, []), []), ["BOUNCE", "COMPLAINT"])) == 0
    error_message = "account.suppress: BOUNCE, COMPLAINT, both or nothing."
  }
}
