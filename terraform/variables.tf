################################################################################
# Environment
################################################################################

variable "environment" {
  description = "The environment's name, 2 to 13 characters, as its file is called (local, dev, staging, prod)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}[a-z0-9]$", var.environment))
    error_message = "environment: 2 to 13 lower-case letters, digits and hyphens, a letter first (allowed: local, dev, staging, prod and your own)."
  }
}

variable "account_id" {
  description = "The AWS account that this environment lives in, 12 digits; every other is refused."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id: 12 digits, in quotes (allowed: \"123456789012\")."
  }

  # A validation and not a precondition: it stops destroy too. See guards.tf.
  validation {
    condition     = var.account_id == "" || terraform_data.environment.output == var.environment
    error_message = "This state belongs to the environment ${coalesce(terraform_data.environment.output, "?")}, the variables to ${var.environment}. Run terraform init -reconfigure -backend-config=environments/${var.environment}.s3.tfbackend first (make does it), or use the other environment's .tfvars."
  }
}

variable "region" {
  description = "The AWS Region that everything is in, as `eu-west-1`; with `inbound`, one where SES receives mail."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region: an AWS Region's code (allowed: eu-west-1, us-east-1 and others)."
  }
}

variable "name_prefix" {
  description = "What every physical name starts with, 2 to 22 characters; null: `mailroom-<environment>`. Changing it replaces everything."
  type        = string
  default     = null

  validation {
    condition     = var.name_prefix == null || can(regex("^[a-z][a-z0-9-]{0,20}[a-z0-9]$", var.name_prefix))
    error_message = "name_prefix: null, or 2 to 22 lower-case letters, digits and hyphens, a letter first, no hyphen last (bucket names add 41 characters and may have 63)."
  }
}

variable "retain_data" {
  description = "True: buckets and tables keep their data, and destroy is refused before it begins; false: destroy takes everything."
  type        = bool
  default     = true
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds every role made here (terraform/bootstrap makes one); null: none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "permissions_boundary: null, or a policy's ARN (allowed: arn:aws:iam::<account id>:policy/<name>)."
  }
}

################################################################################
# Logs and alarms
################################################################################

variable "log_retention_days" {
  description = "Days that logs are kept, one of the numbers that CloudWatch knows, 1 to 3653."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days: allowed are 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "log_level" {
  description = "The least severe log line that functions write: DEBUG, INFO, WARN or ERROR."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARN", "ERROR"], var.log_level)
    error_message = "log_level: allowed are DEBUG, INFO, WARN, ERROR."
  }
}

variable "alarm_emails" {
  description = "Addresses that alarms are mailed to, 0 to 50; each must say yes to a first mail from AWS."
  type        = set(string)
  default     = []
  nullable    = false
}

################################################################################
# DNS
################################################################################

variable "route53_zone" {
  description = <<-EOT
    The hosted zone that gets the records: `{ create = "example.com" }` makes it, `{ join = "Z0123456789ABC" }` uses
    the one with that id; null: records are only listed in the output `dns_records`, for any other DNS provider.
  EOT
  type = object({
    create = optional(string)
    join   = optional(string)
  })
  default = null

  validation {
    condition     = var.route53_zone == null ? true : (var.route53_zone.create == null) != (var.route53_zone.join == null)
    error_message = "route53_zone: null, or exactly one of { create = \"<domain>\" } and { join = \"<zone id>\" }."
  }

  validation {
    condition     = try(var.route53_zone.join, null) == null ? true : can(regex("^Z[A-Z0-9]{1,31}$", var.route53_zone.join))
    error_message = "route53_zone.join: a hosted zone's id, capitals and digits with a Z first (allowed: Z0123456789ABC)."
  }
}

################################################################################
# Capabilities
#
# Each is off while null. A member left out takes the module's default, which
# stands, with its range, in terraform/modules/<name>/variables.tf.
################################################################################

variable "sending" {
  description = <<-EOT
    Domains that may send, null: off. It needs `domain` alone, the one that mail comes from. Members as in modules/sending:
    `sender_address` (default mailroom@<domain>), `domains` (more of them, each with what it has for itself), `addresses`
    (single ones), `unused_domains` (that never send); for all domains `mail_from` (default bounce-<region>), `dkim`
    (default SES's keys of 2048 bits), `dmarc` (default p=reject), `configuration_set` (default inbound);
    `configuration_sets` (default { inbound = {} }), `dedicated_ip_pools`, `account` (what SES has once per account and
    Region, where this environment owns it), `dns_ttl_seconds` (60 to 86400, default 1800).
  EOT
  type = object({
    domain            = string
    sender_address    = optional(string)
    configuration_set = optional(string)
    dns_ttl_seconds   = optional(number)
    domains = optional(map(object({
      configuration_set = optional(string)
      route53_zone_id   = optional(string)
      mail_from = optional(object({
        subdomain              = optional(string)
        behavior_on_mx_failure = optional(string)
      }))
      dkim = optional(object({
        bits       = optional(number)
        selector   = optional(string)
        public_key = optional(string)
      }))
      dmarc = optional(object({
        policy                   = optional(string)
        subdomain_policy         = optional(string)
        nonexistent_policy       = optional(string)
        testing                  = optional(bool)
        report_addresses         = optional(list(string))
        failure_report_addresses = optional(list(string))
        failure_options          = optional(string)
        strict_dkim              = optional(bool)
        strict_spf               = optional(bool)
        psd                      = optional(string)
        pct                      = optional(number)
      }))
    })))
    addresses      = optional(map(object({ configuration_set = optional(string) })))
    unused_domains = optional(map(object({ route53_zone_id = optional(string) })))
    mail_from = optional(object({
      subdomain              = optional(string)
      behavior_on_mx_failure = optional(string)
    }))
    dkim = optional(object({
      bits       = optional(number)
      selector   = optional(string)
      public_key = optional(string)
    }))
    dmarc = optional(object({
      policy                   = optional(string)
      subdomain_policy         = optional(string)
      nonexistent_policy       = optional(string)
      testing                  = optional(bool)
      report_addresses         = optional(list(string))
      failure_report_addresses = optional(list(string))
      failure_options          = optional(string)
      strict_dkim              = optional(bool)
      strict_spf               = optional(bool)
      psd                      = optional(string)
      pct                      = optional(number)
    }))
    configuration_sets = optional(map(object({
      name                 = optional(string)
      require_tls          = optional(bool)
      reputation_metrics   = optional(bool)
      suppress             = optional(set(string))
      max_delivery_seconds = optional(number)
      pool                 = optional(string)
      tracking = optional(object({
        domain       = string
        https_policy = optional(string)
      }))
      vdm = optional(object({
        engagement_metrics        = optional(bool)
        optimized_shared_delivery = optional(bool)
      }))
      events = optional(map(object({
        types       = optional(set(string))
        eventbridge = optional(object({}))
        sns         = optional(object({ topic_arn = string }))
        firehose = optional(object({
          stream_arn = string
          role_arn   = optional(string)
        }))
        cloudwatch = optional(object({
          dimensions = optional(map(object({
            source  = optional(string)
            default = optional(string)
          })))
        }))
      })))
    })))
    dedicated_ip_pools = optional(map(object({ scaling_mode = optional(string) })))
    account = optional(object({
      suppress = optional(set(string))
      vdm = optional(object({
        enabled                   = optional(bool)
        engagement_metrics        = optional(bool)
        optimized_shared_delivery = optional(bool)
      }))
    }))
  })
  default = null

  validation {
    condition     = var.sending == null || local.zone_name == null ? true : endswith(".${var.sending.domain}", ".${local.zone_name}")
    error_message = "sending.domain: route53_zone is the zone of ${coalesce(local.zone_name, "-")}, and must be that of sending.domain or of a domain above it. (Others have zones of their own: sending.domains, route53_zone_id.)"
  }
}

variable "links" {
  description = <<-EOT
    Links to attachments, null: off, or, where `inbound` is on, which needs them: on with the defaults. Members as in
    modules/links: `expiry_hours` (1 to 8760, default 36), `signed_url_seconds` (5 to 900, default 60),
    `attachment_retention_days` (1 to 3650, default 14), `malware_protection` (true: GuardDuty looks into each file, and
    its link waits for that; default false), `throttle` (default 50 requests_per_second, burst 100), `memory_mb` (default
    512), `timeout_seconds` (1 to 29, default 10).
  EOT
  type = object({
    expiry_hours              = optional(number)
    signed_url_seconds        = optional(number)
    attachment_retention_days = optional(number)
    malware_protection        = optional(bool)
    memory_mb                 = optional(number)
    timeout_seconds           = optional(number)
    throttle = optional(object({
      requests_per_second = optional(number)
      burst               = optional(number)
    }))
  })
  default = null
}

variable "inbound" {
  description = <<-EOT
    Mail in, null: off. With `sending` it needs `receipt_address` alone; `configuration_set` is then a key of sending's
    (default inbound). Alone it needs three: `domain` (one that SES knows already), `receipt_address` (at it or below) and
    `configuration_set` (the name of one that is there), and takes `sender_address` (default mailroom@<domain>).
    Members as in modules/inbound: `former_receipt_addresses` ({ address = last day }), `rule_set` ({ create = "name" },
    default <name_prefix>, or { join = "name" }), `after_rule`, `marker` (default :Email_Rxers_Code:), `limits`, `keep`,
    `verdict_policy`, `allowed_recipient_domains` (default all), `sends_per_second` (0.01 to 1000, default 0: SES's limit),
    `show_all_recipients` (default false), `notice_shows_text` (default false), `notice_emails` (0 to 50),
    `raw_retention_days` (1 to 3650, default 14), `ledger_retention_days` (1 to 3650, more than raw's, default 90),
    `queue`, `sends_queue`, `processor`, `dns_ttl_seconds` (60 to 86400, default 1800).
  EOT
  type = object({
    domain                    = optional(string)
    receipt_address           = string
    former_receipt_addresses  = optional(map(string))
    configuration_set         = optional(string)
    sender_address            = optional(string)
    after_rule                = optional(string)
    marker                    = optional(string)
    allowed_recipient_domains = optional(list(string))
    sends_per_second          = optional(number)
    show_all_recipients       = optional(bool)
    notice_shows_text         = optional(bool)
    notice_emails             = optional(set(string))
    raw_retention_days        = optional(number)
    ledger_retention_days     = optional(number)
    dns_ttl_seconds           = optional(number)
    rule_set = optional(object({
      create = optional(string)
      join   = optional(string)
    }))
    limits = optional(object({
      recipients  = optional(number)
      message_mb  = optional(number)
      attachments = optional(number)
    }))
    keep = optional(object({
      files_below_kb         = optional(number)
      inline_images_below_kb = optional(number)
    }))
    verdict_policy = optional(object({
      virus     = optional(string)
      spam      = optional(string)
      dmarc     = optional(string)
      spf       = optional(string)
      dkim      = optional(string)
      unscanned = optional(string)
    }))
    processor = optional(object({
      memory_mb           = optional(number)
      timeout_seconds     = optional(number)
      batch_size          = optional(number)
      maximum_concurrency = optional(number)
      retry_seconds       = optional(number)
    }))
    queue = optional(object({
      retention_days             = optional(number)
      dead_letter_retention_days = optional(number)
      maximum_receives           = optional(number)
      alarms = optional(object({
        dead_letters       = optional(number)
        oldest_age_seconds = optional(number)
        arrivals           = optional(number)
        waiting            = optional(number)
      }))
    }))
    sends_queue = optional(object({
      retention_days             = optional(number)
      dead_letter_retention_days = optional(number)
      maximum_receives           = optional(number)
      alarms = optional(object({
        dead_letters       = optional(number)
        oldest_age_seconds = optional(number)
      }))
    }))
  })
  default = null

  validation {
    condition     = var.inbound == null ? true : (var.inbound.domain == null) == (var.sending != null)
    error_message = "inbound.domain: the domain that SES knows already, needed without sending; with sending it is sending.domain, so leave it out."
  }

  validation {
    condition     = var.inbound == null ? true : var.sending == null || var.inbound.sender_address == null
    error_message = "inbound.sender_address: with sending on, the sender is sending.sender_address; leave it out here."
  }

  validation {
    condition     = var.inbound == null ? true : var.sending != null || can(regex("^[A-Za-z0-9_-]{1,64}$", var.inbound.configuration_set))
    error_message = "inbound.configuration_set: without sending, the name of a configuration set that is there, 1 to 64 letters, digits, hyphens and underscores."
  }

  validation {
    condition = var.inbound == null || var.sending == null ? true : contains(
      var.sending.configuration_sets == null ? ["inbound"] : [
        for kind, set in var.sending.configuration_sets : kind if set.events == null ? true : anytrue([
          for it in values(set.events) : it.eventbridge != null && (it.types == null ? true : contains(it.types, "SEND"))
        ])
      ],
      coalesce(var.inbound.configuration_set, "inbound"),
    )
    error_message = "inbound.configuration_set: must be a key of sending.configuration_sets (default: inbound) with an event destination that is eventbridge and whose types include SEND (there is one unless you say others)."
  }

  validation {
    condition     = try(var.inbound.domain, null) == null ? true : can(regex(local.domain_form, var.inbound.domain))
    error_message = "inbound.domain: a domain name in lower case without a dot at the end (allowed: mail.example.com)."
  }

  validation {
    condition = var.inbound == null ? true : alltrue([
      for address in concat([var.inbound.receipt_address], keys(coalesce(var.inbound.former_receipt_addresses, {}))) :
      anytrue([
        for domain in var.sending == null ? compact([var.inbound.domain]) : concat([var.sending.domain], keys(coalesce(var.sending.domains, {}))) :
        endswith(".${try(split("@", address)[1], "")}", ".${domain}")
      ])
    ])
    error_message = "inbound.receipt_address and former_receipt_addresses: must be at sending.domain or one of sending.domains (without sending: inbound.domain) or below it, since SES receives only for domains that it knows."
  }

  validation {
    condition = var.inbound == null ? true : alltrue([
      for address in concat([var.inbound.receipt_address], keys(coalesce(var.inbound.former_receipt_addresses, {}))) :
      !contains(try(keys(var.sending.unused_domains), []), try(split("@", address)[1], ""))
    ])
    error_message = "inbound.receipt_address and former_receipt_addresses: must not be at one of sending.unused_domains, whose null MX record says that it takes no mail."
  }

  validation {
    condition = var.inbound == null || local.zone_name == null ? true : alltrue([
      for address in concat([var.inbound.receipt_address], keys(coalesce(var.inbound.former_receipt_addresses, {}))) :
      endswith(".${try(split("@", address)[1], "")}", ".${local.zone_name}")
    ])
    error_message = "inbound.receipt_address and former_receipt_addresses: route53_zone is the zone of ${coalesce(local.zone_name, "-")}, and must be that of their domains or of one above them."
  }

  validation {
    condition     = try(var.inbound.sender_address, null) == null ? true : var.sending != null || try(endswith(".${split("@", var.inbound.sender_address)[1]}", ".${var.inbound.domain}"), false)
    error_message = "inbound.sender_address: must be at inbound.domain or below it, since SES sends only for domains that it knows."
  }
}

variable "status" {
  description = <<-EOT
    Where is my message, null: off. It needs one source or more: `ses` ({}: what configuration sets publish to EventBridge, as
    those of `sending` do; `configuration_sets`: more, without `sending`, that an event destination is added to, for
    `event_types`; `only_own_sets`: true where another environment is in the same account), `sms` ({}), `pinpoint`
    (`application_id`, or `create_application` = its name; `replace_existing_stream`; for accounts that still have Pinpoint,
    and gone with a coming provider). Members as in modules/status: `api` (`authorization` iam or api_keys, default iam;
    `throttle`, default 50 requests_per_second, burst 100; `key_throttle`, `quota`, `page_origins`, `owns_log_role`,
    `memory_mb`, `timeout_seconds`), `reference_tag` (default reference), `retention_days` and `archive_retention_days` (1 to
    3650, default 400), `stuck_hours` (1 to 720, default 72), `archive`, `queue`, `fold`, `transform`, `watch`, `alarms`.
  EOT
  type = object({
    ses = optional(object({
      configuration_sets = optional(list(string))
      only_own_sets      = optional(bool)
      event_types        = optional(set(string))
    }))
    sms = optional(object({}))
    pinpoint = optional(object({
      application_id          = optional(string)
      create_application      = optional(string)
      replace_existing_stream = optional(bool)
    }))
    reference_tag          = optional(string)
    retention_days         = optional(number)
    archive_retention_days = optional(number)
    stuck_hours            = optional(number)
    api = optional(object({
      authorization = optional(string)
      throttle = optional(object({
        requests_per_second = optional(number)
        burst               = optional(number)
      }))
      key_throttle = optional(object({
        requests_per_second = number
        burst               = number
      }))
      quota = optional(object({
        requests = number
        period   = optional(string)
      }))
      page_origins    = optional(list(string))
      owns_log_role   = optional(bool)
      memory_mb       = optional(number)
      timeout_seconds = optional(number)
    }))
    archive = optional(object({
      buffer_seconds = optional(number)
      buffer_mb      = optional(number)
      query_limit_mb = optional(number)
    }))
    queue = optional(object({
      retention_days             = optional(number)
      dead_letter_retention_days = optional(number)
      maximum_receives           = optional(number)
      alarms = optional(object({
        dead_letters       = optional(number)
        oldest_age_seconds = optional(number)
      }))
    }))
    fold = optional(object({
      memory_mb            = optional(number)
      timeout_seconds      = optional(number)
      batch_size           = optional(number)
      batch_window_seconds = optional(number)
      maximum_concurrency  = optional(number)
    }))
    transform = optional(object({
      memory_mb       = optional(number)
      timeout_seconds = optional(number)
      buffer_seconds  = optional(number)
    }))
    watch = optional(object({
      memory_mb       = optional(number)
      timeout_seconds = optional(number)
    }))
    alarms = optional(object({
      api_errors          = optional(number)
      table_throttles     = optional(number)
      table_errors        = optional(number)
      failed_invocations  = optional(number)
      archive_errors      = optional(number)
      archive_age_seconds = optional(number)
      stuck               = optional(number)
    }))
  })
  default = null

  validation {
    condition     = var.status == null ? true : var.status.ses != null || var.status.sms != null || var.status.pinpoint != null
    error_message = "status: one source or more, ses, sms or pinpoint (allowed: { ses = {} })."
  }

  validation {
    condition = length(setintersection(
      try(toset(coalesce(var.status.ses.configuration_sets)), []),
      var.sending == null ? [] : [for kind, set in coalesce(var.sending.configuration_sets, { inbound = null }) : try(coalesce(set.name), "${coalesce(var.name_prefix, "mailroom-${var.environment}")}-${kind}")],
    )) == 0
    error_message = "status.ses.configuration_sets: those of sending publish their events by themselves; leave them out here."
  }
}
