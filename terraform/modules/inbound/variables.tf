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
    condition     = can(regex("^[a-z0-9._+-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.receipt_address))
    error_message = "receipt_address: an address in lower case (allowed: reports@in.example.com)."
  }

  validation {
    condition     = var.receipt_address != var.sending.sender_address
    error_message = "receipt_address: must differ from the sender's address, or every mail sent would be received again."
  }
}

variable "rule_set" {
  description = <<-EOT
    The active receipt rule set, which AWS has once per account and Region: `{ create = "name" }` in the one
    environment that owns it and makes it active, `{ join = "name" }` in all others; a name has 1 to 64 characters.
  EOT
  type = object({
    create = optional(string)
    join   = optional(string)
  })
  nullable = false

  validation {
    condition     = (var.rule_set.create == null) != (var.rule_set.join == null)
    error_message = "rule_set: exactly one of { create = \"name\" } (this environment owns the active rule set) and { join = \"name\" } (another does)."
  }

  validation {
    condition     = alltrue([for name in values(var.rule_set) : can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,62}[A-Za-z0-9]$", name)) if name != null])
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
    How mail waits: `retention_days` (1 to 13), `maximum_receives` (tries before the dead-letter queue, 1 to 1000),
    `alarms` (thresholds: `dead_letters`, `oldest_age_seconds`, `arrivals` in 5 minutes, `waiting`, each 1 or more).
    Null members take the queue module's defaults (7, 5; 50, 180, 180, 180).
  EOT
  type = object({
    retention_days   = optional(number)
    maximum_receives = optional(number)
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
    a message 6 times as long), `batch_size` (mails a call, 1 to 10), `maximum_concurrency` (calls at once, 2 to 1000),
    `retry_seconds` (pause before a failed mail's second try, doubled for each further one, 1 to 3600).
  EOT
  type = object({
    memory_mb           = optional(number, 1024)
    timeout_seconds     = optional(number, 300)
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

################################################################################
# Neighbours
################################################################################

variable "sending" {
  description = "What `sending` gives: `sender_address`, `identity_arn` of its domain, `configuration_set_name` and `configuration_set_arn` of the set for this mail."
  type = object({
    sender_address         = string
    identity_arn           = string
    configuration_set_name = string
    configuration_set_arn  = string
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
