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

variable "package" {
  description = "Path of the functions' zip, made by `make package`."
  type        = string
  nullable    = false
}

################################################################################
# Sources, at least one
################################################################################

variable "ses" {
  description = <<-EOT
    Events of e-mail, null: none. `configuration_sets` (0 to 50 names): sets that SES has already, each of which gets an event
    destination for `event_types` (default all but OPEN and CLICK: for those two SES puts a picture into the mail and
    rewrites its links); sets that publish to EventBridge's default bus by themselves, as those of `sending`, need no entry.
    `only_own_sets` (default false, all mail of the account and Region): true where another environment is in the same account;
    only mail of these sets, of `sending_sets`, and of sets whose names begin with `<name_prefix>-` counts.
  EOT
  type = object({
    configuration_sets = optional(list(string), [])
    only_own_sets      = optional(bool, false)
    event_types = optional(set(string), [
      "SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "RENDERING_FAILURE", "SUBSCRIPTION",
    ])
  })
  default = null

  validation {
    condition     = var.ses != null || var.sms != null || var.pinpoint != null
    error_message = "ses, sms, pinpoint: at least one of them must be there, or there would be nothing to tell the status of (allowed: ses = {})."
  }

  validation {
    condition     = alltrue([for name in try(var.ses.configuration_sets, []) : can(regex("^[A-Za-z0-9_-]{1,64}$", name))])
    error_message = "ses.configuration_sets: names of 1 to 64 letters, digits, hyphens and underscores."
  }

  validation {
    condition = var.ses == null ? true : length(var.ses.event_types) > 0 && length(setsubtract(var.ses.event_types, [
      "SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "RENDERING_FAILURE", "SUBSCRIPTION", "OPEN", "CLICK",
    ])) == 0
    error_message = "ses.event_types: one or more of SEND, REJECT, BOUNCE, COMPLAINT, DELIVERY, DELIVERY_DELAY, RENDERING_FAILURE, SUBSCRIPTION, OPEN, CLICK."
  }
}

variable "sending_sets" {
  description = "Names of the configuration sets that `sending` makes, 0 to 50; for `ses.only_own_sets`."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "sms" {
  description = "Events of SMS, `{}`; null: none. End User Messaging tells EventBridge of every SMS by itself."
  type        = object({})
  default     = null
}

variable "pinpoint" {
  description = <<-EOT
    The event stream of an Amazon Pinpoint application, null: none. For accounts that still have one: Pinpoint ended on 30
    October 2026, and the provider drops the resource in a coming major version. `application_id` (32 hexadecimal digits) or
    `create_application` (the name of one to be made, 1 to 64 characters). `replace_existing_stream`: an application has one
    event stream, and an apply is refused (by `mailroom deploy`, before Terraform) where it has another's, unless this is true.
  EOT
  type = object({
    application_id          = optional(string)
    create_application      = optional(string)
    replace_existing_stream = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.pinpoint == null ? true : (var.pinpoint.application_id == null) != (var.pinpoint.create_application == null)
    error_message = "pinpoint: exactly one of { application_id = \"<id>\" } and { create_application = \"<name>\" }."
  }

  validation {
    condition     = try(var.pinpoint.application_id, null) == null ? true : can(regex("^[0-9a-f]{32}$", var.pinpoint.application_id))
    error_message = "pinpoint.application_id: 32 hexadecimal digits, as the console shows them (\"Project ID\")."
  }

  validation {
    condition     = try(var.pinpoint.create_application, null) == null ? true : length(var.pinpoint.create_application) >= 1 && length(var.pinpoint.create_application) <= 64
    error_message = "pinpoint.create_application: a name of 1 to 64 characters."
  }
}

variable "reference_tag" {
  description = "The message tag (SES) or context key (SMS) that holds your own reference, 1 to 256 letters, digits, hyphens and underscores; it can be asked for."
  type        = string
  default     = "reference"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,256}$", var.reference_tag))
    error_message = "reference_tag: 1 to 256 letters, digits, hyphens and underscores."
  }
}

################################################################################
# Kept
################################################################################

variable "retention_days" {
  description = "Days that the table knows a message after its last event, 1 to 3650."
  type        = number
  default     = 400
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 3650 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days: a whole number of days from 1 to 3650."
  }
}

variable "archive_retention_days" {
  description = "Days that the archive keeps the events as they came, 1 to 3650."
  type        = number
  default     = 400
  nullable    = false

  validation {
    condition     = var.archive_retention_days >= 1 && var.archive_retention_days <= 3650 && floor(var.archive_retention_days) == var.archive_retention_days
    error_message = "archive_retention_days: a whole number of days from 1 to 3650."
  }
}

variable "archive" {
  description = <<-EOT
    How the archive is written and read: `buffer_seconds` and `buffer_mb` (an object is written after so long, 0 to 900, or so
    much, 1 to 128), `query_limit_mb` (what one question of Athena may read, 10 to 10485760).
  EOT
  type = object({
    buffer_seconds = optional(number, 300)
    buffer_mb      = optional(number, 64)
    query_limit_mb = optional(number, 10240)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.archive.buffer_seconds >= 0 && var.archive.buffer_seconds <= 900 && var.archive.buffer_mb >= 1 && var.archive.buffer_mb <= 128
    error_message = "archive: buffer_seconds from 0 to 900, buffer_mb from 1 to 128 (Firehose takes no others)."
  }

  validation {
    condition     = var.archive.query_limit_mb >= 10 && var.archive.query_limit_mb <= 10485760
    error_message = "archive.query_limit_mb: from 10 to 10485760 MB (Athena takes no less than 10 MB)."
  }
}

variable "stuck_hours" {
  description = "Hours without a final event after which a message counts as stuck, 1 to 720; SMS may take 72."
  type        = number
  default     = 72
  nullable    = false

  validation {
    condition     = var.stuck_hours >= 1 && var.stuck_hours <= 720 && floor(var.stuck_hours) == var.stuck_hours
    error_message = "stuck_hours: a whole number of hours from 1 to 720 (30 days)."
  }
}

################################################################################
# Queue and functions
################################################################################

variable "queue" {
  description = <<-EOT
    How events wait: `retention_days` (1 to 13), `dead_letter_retention_days` (1 to 14, more than retention_days),
    `maximum_receives` (tries before the dead-letter queue, 1 to 1000), `alarms` (thresholds: `dead_letters`,
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

variable "fold" {
  description = <<-EOT
    The function that folds events into the table: `memory_mb` (128 to 10240), `timeout_seconds` (1 to 900; the queue hides a
    message 6 times as long), `batch_size` (events a call, 1 to 10000), `batch_window_seconds` (how long a batch fills,
    0 to 300; 1 or more where the batch is over 10), `maximum_concurrency` (calls at once, 2 to 1000).
  EOT
  type = object({
    memory_mb            = optional(number, 512)
    timeout_seconds      = optional(number, 60)
    batch_size           = optional(number, 100)
    batch_window_seconds = optional(number, 1)
    maximum_concurrency  = optional(number, 10)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.fold.batch_size >= 1 && var.fold.batch_size <= 10000 && var.fold.batch_window_seconds >= 0 && var.fold.batch_window_seconds <= 300
    error_message = "fold: batch_size from 1 to 10000, batch_window_seconds from 0 to 300."
  }

  validation {
    condition     = var.fold.batch_size <= 10 || var.fold.batch_window_seconds >= 1
    error_message = "fold.batch_window_seconds: 1 or more where batch_size is over 10 (Lambda takes no such batch without)."
  }

  validation {
    condition     = var.fold.maximum_concurrency >= 2 && var.fold.maximum_concurrency <= 1000
    error_message = "fold.maximum_concurrency: from 2 to 1000 calls at once."
  }
}

variable "transform" {
  description = "The function on the way from Pinpoint to the archive: `memory_mb` (128 to 10240), `timeout_seconds` (1 to 300, Firehose waits no longer), `buffer_seconds` (how long Firehose gathers for a call, 0 to 900, but not 60)."
  type = object({
    memory_mb       = optional(number, 256)
    timeout_seconds = optional(number, 60)
    buffer_seconds  = optional(number, 5)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.transform.timeout_seconds >= 1 && var.transform.timeout_seconds <= 300
    error_message = "transform.timeout_seconds: from 1 to 300 seconds (Firehose waits no longer than 5 minutes)."
  }

  validation {
    condition     = var.transform.buffer_seconds >= 0 && var.transform.buffer_seconds <= 900 && var.transform.buffer_seconds != 60
    error_message = "transform.buffer_seconds: from 0 to 900 seconds, but not 60: the provider does not find Firehose's own number again, and would change it with each apply."
  }
}

variable "watch" {
  description = "The function that counts what is stuck: `memory_mb` (128 to 10240), `timeout_seconds` (1 to 900)."
  type = object({
    memory_mb       = optional(number, 256)
    timeout_seconds = optional(number, 60)
  })
  default  = {}
  nullable = false
}

################################################################################
# Alarms
################################################################################

variable "alarms" {
  description = <<-EOT
    Alarm thresholds beside the queue's, each reached at "or more", 1 or more (0: no such alarm): in 5 minutes `api_errors` (5xx),
    `table_throttles`, `table_errors`, `failed_invocations` (of a rule) and `archive_errors`; `archive_age_seconds` (the oldest
    event that waits for the archive, more than archive.buffer_seconds), `stuck` (messages without a final event).
  EOT
  type = object({
    api_errors          = optional(number, 5)
    table_throttles     = optional(number, 10)
    table_errors        = optional(number, 5)
    failed_invocations  = optional(number, 1)
    archive_errors      = optional(number, 1)
    archive_age_seconds = optional(number, 1800)
    stuck               = optional(number, 1)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for threshold in values(var.alarms) : threshold == 0 || threshold >= 1])
    error_message = "alarms: each must be 1 or more, or 0 for no such alarm."
  }

  validation {
    condition     = var.alarms.archive_age_seconds == 0 || var.alarms.archive_age_seconds > var.archive.buffer_seconds
    error_message = "alarms.archive_age_seconds: more than archive.buffer_seconds, which an event waits in any case (or 0 for no such alarm)."
  }
}
