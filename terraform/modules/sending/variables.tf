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
}

################################################################################
# Domain
################################################################################

variable "domain" {
  description = "The domain that sends, 4 to 245 characters in lower case, as `mail.example.com`. It and what is below it may also receive."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.domain)) && length(var.domain) <= 245
    error_message = "domain: a domain name in lower case without a dot at the end, at most 245 characters (allowed: mail.example.com)."
  }
}

variable "mail_from_subdomain" {
  description = "The name below the domain that bounces return to (custom MAIL FROM), 1 to 63 characters; it must not be used for anything else, and each Region needs its own."
  type        = string
  default     = "bounce"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.mail_from_subdomain))
    error_message = "mail_from_subdomain: one label of 1 to 63 lower-case letters, digits and hyphens (allowed: bounce)."
  }
}

variable "sender_address" {
  description = "The address that mail comes from, at the domain or below it; null: `mailroom@<domain>`."
  type        = string
  default     = null

  validation {
    condition     = var.sender_address == null || can(regex("^[^@\\s]+@([^@\\s]+\\.)?${replace(var.domain, ".", "\\.")}$", var.sender_address))
    error_message = "sender_address: null, or an address at the domain or below it (allowed: mailroom@<domain>, mailroom@any.<domain>)."
  }
}

################################################################################
# DNS
################################################################################

variable "dmarc" {
  description = <<-EOT
    What receivers do with mail that claims the domain and proves nothing (RFC 9989):
    `policy`, `subdomain_policy` and `nonexistent_policy` (none, quarantine or reject; null: as the policy),
    `testing` (true: receivers apply one step less), `report_addresses` (0 to 10, for aggregate reports),
    `strict_dkim`, `strict_spf` (true: the very domain, not one above or below).
  EOT
  type = object({
    policy             = optional(string, "reject")
    subdomain_policy   = optional(string)
    nonexistent_policy = optional(string)
    testing            = optional(bool, false)
    report_addresses   = optional(list(string), [])
    strict_dkim        = optional(bool, false)
    strict_spf         = optional(bool, false)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for policy in compact([var.dmarc.policy, var.dmarc.subdomain_policy, var.dmarc.nonexistent_policy]) :
      contains(["none", "quarantine", "reject"], policy)
    ])
    error_message = "dmarc: policy, subdomain_policy and nonexistent_policy are each none, quarantine or reject."
  }

  validation {
    condition     = length(var.dmarc.report_addresses) <= 10 && alltrue([for address in var.dmarc.report_addresses : can(regex("^[^@\\s,;!]+@[^@\\s,;!]+$", address))])
    error_message = "dmarc.report_addresses: 0 to 10 plain addresses (allowed: dmarc@example.com), without mailto:."
  }
}

variable "route53_zone" {
  description = "The hosted zone that gets the records, `{ id = \"Z…\" }`; null: they are only listed in `dns_records`, for any other DNS provider."
  type        = object({ id = string })
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
# Configuration sets
################################################################################

variable "configuration_sets" {
  description = <<-EOT
    One configuration set for each kind of mail, 1 to 50, by a name of 1 to 30 characters (`<name_prefix>-<name>`):
    `require_tls` (true: a receiver without TLS gets nothing), `reputation_metrics` (bounce and complaint rates
    in CloudWatch), `suppress` (what puts a recipient on the account's list: BOUNCE, COMPLAINT, both or none),
    `events` (what SES tells EventBridge's default bus, 0 to 10 of SES's event types). All types are the default but
    OPEN and CLICK: for those two SES puts a picture into the mail and rewrites its links.
  EOT
  type = map(object({
    require_tls        = optional(bool, true)
    reputation_metrics = optional(bool, true)
    suppress           = optional(set(string), ["BOUNCE", "COMPLAINT"])
    events = optional(set(string), [
      "SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "RENDERING_FAILURE", "SUBSCRIPTION",
    ])
  }))
  default  = { inbound = {} }
  nullable = false

  validation {
    condition     = length(var.configuration_sets) >= 1 && length(var.configuration_sets) <= 50 && alltrue([for name in keys(var.configuration_sets) : can(regex("^[a-z][a-z0-9_-]{0,29}$", name))])
    error_message = "configuration_sets: 1 to 50, each named with 1 to 30 lower-case letters, digits, hyphens and underscores, a letter first."
  }

  validation {
    condition     = alltrue([for set in values(var.configuration_sets) : length(setsubtract(set.suppress, ["BOUNCE", "COMPLAINT"])) == 0])
    error_message = "configuration_sets: suppress holds BOUNCE, COMPLAINT, both or nothing."
  }

  validation {
    condition     = alltrue([for set in values(var.configuration_sets) : length(setsubtract(set.events, local.event_types)) == 0])
    error_message = "configuration_sets: events holds any of ${join(", ", local.event_types)}, or nothing."
  }
}
