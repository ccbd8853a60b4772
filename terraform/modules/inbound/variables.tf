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
    condition     = contains(local.receiving_regions, var.context.region)
    error_message = "context.region: SES receives no mail in ${var.context.region} (allowed: ${join(", ", local.receiving_regions)})."
  }
}

################################################################################
# Receiving
################################################################################

variable "receipt_address" {
  description = "The address that receives, in lower case, at a domain that SES knows or below it. Keep it secret, and different from the sender's: the list in a mail's body decides where it goes."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex(local.address_form, var.receipt_address))
    error_message = "receipt_address: an address in lower case (allowed: reports@in.example.com)."
  }

  # SES takes mail for reports+anything@ where the rule says reports@.
  validation {
    condition     = replace(lower(var.sending.sender_address), "/\\+[^@]*@/", "@") != replace(var.receipt_address, "/\\+[^@]*@/", "@")
    error_message = "receipt_address: must differ from the sender's address (what follows a + does not count), or mail that is sent would be received again."
  }
}

variable "former_receipt_addresses" {
  description = <<-EOT
    Addresses that go on receiving after a change of receipt_address, 0 to 99, each with its last day in UTC:
    `{ "old@in.example.com" = "2026-12-31" }`. The first apply after that day takes an address off the rule.
  EOT
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for address in keys(var.former_receipt_addresses) : can(regex(local.address_form, address))]) && length(var.former_receipt_addresses) <= 99
    error_message = "former_receipt_addresses: 0 to 99 addresses in lower case (allowed: { \"old@in.example.com\" = \"2026-12-31\" })."
  }

  validation {
    condition = alltrue([
      for day in values(var.former_receipt_addresses) : can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", day)) && can(timeadd("${day}T00:00:00Z", "24h"))
    ])
    error_message = "former_receipt_addresses: the last day of each is a date as YYYY-MM-DD (allowed: 2026-12-31)."
  }

  validation {
    condition = alltrue([
      for address in keys(var.former_receipt_addresses) :
      replace(lower(var.sending.sender_address), "/\\+[^@]*@/", "@") != replace(address, "/\\+[^@]*@/", "@")
    ])
    error_message = "former_receipt_addresses: must differ from the sender's address (what follows a + does not count), or mail that is sent would be received again."
  }
}

variable "rule_set" {
  description = <<-EOT
    The active receipt rule set, which AWS has once per account and Region: `{ create = "name" }` in the one
    environment that owns it and makes it active, `{ join = "name" }` in all others; a name has 2 to 64 characters.
    Null: `{ create = "<name_prefix>" }`.
  EOT
  type = object({
    create = optional(string)
    join   = optional(string)
  })
  default = null

  validation {
    condition     = var.rule_set == null ? true : (var.rule_set.create == null) != (var.rule_set.join == null)
    error_message = "rule_set: exactly one of { create = \"name\" } (this environment owns the active rule set) and { join = \"name\" } (another does)."
  }

  validation {
    condition     = var.rule_set == null ? true : alltrue([for name in values(var.rule_set) : can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,62}[A-Za-z0-9]$", name)) if name != null])
    error_message = "rule_set: a name of 2 to 64 letters, digits, hyphens and underscores, a letter or digit first and last."
  }
}

variable "after_rule" {
  description = "The rule of the same set that ours follows, 1 to 64 characters; null: ours is the first."
  type        = string
  default     = null
}

variable "route53_zone" {
  description = "The hosted zone that gets the MX record, `{ id = \"Z…\" }`; null: it is only listed in `dns_records`."
  type        = object({ id = string })
  default     = null
}

variable "dns_ttl_seconds" {
  description = "How long others may remember the MX record, 60 to 86400 seconds."
  type        = number
  default     = 1800
  nullable    = false

  validation {
    condition     = var.dns_ttl_seconds >= 60 && var.dns_ttl_seconds <= 86400
    error_message = "dns_ttl_seconds: from 60 to 86400 seconds."
  }
}

################################################################################
# Raw mail
################################################################################

variable "raw_retention_days" {
  description = "Days that the raw mail is kept, 1 to 3650; as long can it be replayed."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.raw_retention_days >= 1 && var.raw_retention_days <= 3650
    error_message = "raw_retention_days: from 1 to 3650 days."
  }
}

################################################################################
# Queue
################################################################################

variable "queue" {
  description = <<-EOT
    How mail waits: `retention_days` (1 to 13), `dead_letter_retention_days` (1 to 14, more than retention_days),
    `maximum_receives` (tries before the dead-letter queue, 1 to 1000), `alarms` (thresholds: `dead_letters`,
    `oldest_age_seconds`, `arrivals` in 5 minutes, `waiting`, each 1 or more, 0: no such alarm).
    Null members take the queue module's defaults (7, 14, 5; 50, 180, 180, 180).
  EOT
  type = object({
    retention_days             = optional(number)
    dead_letter_retention_days = optional(number)
    maximum_receives           = optional(number)
    alarms = optional(object({
      dead_letters       = optional(number)
      oldest_age_seconds = optional(number)
      arrivals           = optional(number)
      waiting            = optional(number)
    }))
  })
  default  = {}
  nullable = false
}

################################################################################
# Sends
################################################################################

variable "sends_queue" {
  description = <<-EOT
    How SES's word that it took a mail waits for the ledger: `retention_days` (1 to 13), `dead_letter_retention_days`
    (1 to 14, more than retention_days), `maximum_receives` (1 to 1000), `alarms` (thresholds: `dead_letters`,
    `oldest_age_seconds`, each 1 or more, 0: no such alarm). Null members take the queue module's defaults (7, 14, 5; 50, 180).
  EOT
  type = object({
    retention_days             = optional(number)
    dead_letter_retention_days = optional(number)
    maximum_receives           = optional(number)
    alarms = optional(object({
      dead_letters       = optional(number)
      oldest_age_seconds = optional(number)
    }), {})
  })
  default  = {}
  nullable = false
}

variable "sends_per_second" {
  description = "Mails that go to SES per second at most, all calls of the function together, 0.01 to 1000; 0: no limit but SES's own (an account's is in SES's console)."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.sends_per_second == 0 || (var.sends_per_second >= 0.01 && var.sends_per_second <= 1000)
    error_message = "sends_per_second: from 0.01 to 1000 mails per second, or 0 for no limit of ours."
  }
}

################################################################################
# Ledger
################################################################################

variable "ledger_retention_days" {
  description = "Days that the ledger knows a mail, 1 to 3650 and more than raw_retention_days: as long is it sent once however often it is replayed."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.ledger_retention_days >= 1 && var.ledger_retention_days <= 3650 && floor(var.ledger_retention_days) == var.ledger_retention_days
    error_message = "ledger_retention_days: a whole number of days from 1 to 3650."
  }

  validation {
    condition     = var.ledger_retention_days > var.raw_retention_days
    error_message = "ledger_retention_days: more than raw_retention_days, or a mail that is replayed when the ledger has forgotten it would go out a second time."
  }
}

################################################################################
# Processor
################################################################################

variable "package" {
  description = "Path of the function's zip, made by `make package`."
  type        = string
  nullable    = false
}

variable "processor" {
  description = <<-EOT
    The function that works the mail: `memory_mb` (128 to 10240), `timeout_seconds` (1 to 900; the queue hides
    a message 6 times as long), `batch_size` (mails a call, 1 to 10; 1 where `sends_per_second` is given), `maximum_concurrency` (calls at once, 2 to 1000),
    `retry_seconds` (pause before a failed mail's second try, doubled for each further one, 1 to 3600).
  EOT
  type = object({
    memory_mb           = optional(number, 1024)
    timeout_seconds     = optional(number, 120)
    batch_size          = optional(number, 10)
    maximum_concurrency = optional(number, 5)
    retry_seconds       = optional(number, 60)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.processor.batch_size >= 1 && var.processor.batch_size <= 10
    error_message = "processor.batch_size: from 1 to 10 mails."
  }

  validation {
    condition     = var.processor.maximum_concurrency >= 2 && var.processor.maximum_concurrency <= 1000
    error_message = "processor.maximum_concurrency: from 2 (AWS allows no 1) to 1000 calls at once."
  }

  validation {
    condition     = var.processor.retry_seconds >= 1 && var.processor.retry_seconds <= 3600
    error_message = "processor.retry_seconds: from 1 to 3600 seconds."
  }
}

variable "marker" {
  description = "What stands before and after the recipients in a mail's body, 4 to 100 printable characters without space, comma, @ or angle brackets."
  type        = string
  default     = ":Email_Rxers_Code:"
  nullable    = false

  validation {
    condition     = can(regex("^[!-~]{4,100}$", var.marker)) && !can(regex("[,@<>]", var.marker))
    error_message = "marker: 4 to 100 printable ASCII characters without space, comma, @, < or > (allowed: :Email_Rxers_Code:)."
  }
}

variable "limits" {
  description = <<-EOT
    What a mail may have at most, more goes to the notice topic: `recipients` (1 to 50, SES's own limit),
    `message_mb` (MB of 1048576 bytes, 1 to 40, SES's own limit), `attachments` (1 to 1000).
  EOT
  type = object({
    recipients  = optional(number, 50)
    message_mb  = optional(number, 40)
    attachments = optional(number, 100)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.limits.recipients >= 1 && var.limits.recipients <= 50
    error_message = "limits.recipients: from 1 to 50."
  }

  validation {
    condition     = var.limits.message_mb >= 1 && var.limits.message_mb <= 40
    error_message = "limits.message_mb: from 1 to 40 MB."
  }

  validation {
    condition     = var.limits.attachments >= 1 && var.limits.attachments <= 1000
    error_message = "limits.attachments: from 1 to 1000."
  }
}

variable "show_all_recipients" {
  description = "True: each mail's To names every recipient; false: only the one it goes to."
  type        = bool
  default     = false
  nullable    = false
}

variable "keep" {
  description = <<-EOT
    What stays in the mail instead of going behind a link, in KB of 1000 bytes, each 0 (nothing) to 2000:
    `files_below_kb` (attachments smaller than this), `inline_images_below_kb` (images shown in the text). 2000 KB are
    kept in one mail at most, whatever is said here.
  EOT
  type = object({
    files_below_kb         = optional(number, 0)
    inline_images_below_kb = optional(number, 100)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for size in values(var.keep) : size >= 0 && size <= 2000 && floor(size * 1000) == size * 1000])
    error_message = "keep: files_below_kb and inline_images_below_kb are each 0 to 2000 KB of 1000 whole bytes."
  }
}

variable "verdict_policy" {
  description = <<-EOT
    What becomes of a mail that fails one of SES's checks: `forward` (it is sent on all the same), or it is kept, not sent
    on, and counted and told to the notice topic as `notify`, `junk` or `drop`. By check: `virus` (default notify), `spam`
    (junk), `dmarc` (notify), `spf` and `dkim` (failed alone: forward), `unscanned` (SES does not say spam or virus, or not: forward).
  EOT
  type = object({
    virus     = optional(string, "notify")
    spam      = optional(string, "junk")
    dmarc     = optional(string, "notify")
    spf       = optional(string, "forward")
    dkim      = optional(string, "forward")
    unscanned = optional(string, "forward")
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for outcome in values(var.verdict_policy) : contains(["forward", "junk", "drop", "notify"], outcome)])
    error_message = "verdict_policy: virus, spam, dmarc, spf, dkim and unscanned are each forward, junk, drop or notify."
  }
}

variable "allowed_recipient_domains" {
  description = "Domains that mail may be sent on to, 0 to 50 in lower case: `example.com` is that domain, `.example.com` every one below it; none: all domains. Recipients elsewhere are named in a notice."
  type        = list(string)
  default     = []
  nullable    = false

  # Lambda has 4 KB for all of a function's variables.
  validation {
    condition     = length(var.allowed_recipient_domains) <= 50 && length(join(",", var.allowed_recipient_domains)) <= 1500
    error_message = "allowed_recipient_domains: at most 50 domains, with at most 1500 characters in all."
  }

  validation {
    condition     = alltrue([for domain in var.allowed_recipient_domains : can(regex("^\\.?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", domain))])
    error_message = "allowed_recipient_domains: domains in lower case (allowed: example.com for it alone, .example.com for all below it)."
  }
}

################################################################################
# Neighbours
################################################################################

variable "sending" {
  description = <<-EOT
    What `sending` gives, or what exists without it: `sender_address`, `identity_arn` of its domain,
    `configuration_set_name` and `configuration_set_arn` of the set for this mail, `publishes_sends` (true: the set's
    Send events come to EventBridge's default bus already; false: an event destination is added to the set for them).
  EOT
  type = object({
    sender_address         = string
    identity_arn           = string
    configuration_set_name = string
    configuration_set_arn  = string
    publishes_sends        = bool
  })
  nullable = false
}

variable "links" {
  description = "What `links` gives: `url`, `expiry_hours` (hours, 1 to 8760), `table_name`, `table_arn`, `attachments_bucket`, `attachments_bucket_arn`."
  type = object({
    url                    = string
    expiry_hours           = number
    table_name             = string
    table_arn              = string
    attachments_bucket     = string
    attachments_bucket_arn = string
  })
  nullable = false
}

################################################################################
# Notices
################################################################################

variable "notice_emails" {
  description = "Addresses told of mail that could not go out, 0 to 50; each must say yes to a first mail from AWS."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "notice_shows_text" {
  description = "True: a notice holds the beginning of the mail's text as well; false: only the reason, the sender, the title and where the mail is kept."
  type        = bool
  default     = false
  nullable    = false
}
