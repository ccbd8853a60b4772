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
# Queue
################################################################################

variable "name" {
  description = "What waits in the queue, 1 to 30 characters: the queues are called `<name_prefix>-<name>` and `<name_prefix>-<name>-dead-letters` (a FIFO's end in `.fifo`)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,29}$", var.name))
    error_message = "name: 1 to 30 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "fifo" {
  description = "True for a FIFO queue (order and once per group, high throughput per group), false for a standard one. S3 cannot notify a FIFO queue."
  type        = bool
  default     = false
  nullable    = false
}

variable "visibility_timeout_seconds" {
  description = "Seconds that a received message is hidden, 0 to 43200; for a Lambda at least 6 times its timeout."
  type        = number
  nullable    = false

  validation {
    condition     = var.visibility_timeout_seconds >= 0 && var.visibility_timeout_seconds <= 43200
    error_message = "visibility_timeout_seconds: from 0 to 43200 seconds (12 hours)."
  }
}

variable "retention_days" {
  description = "Days that a message waits for its reader, 1 to 13 and fewer than dead_letter_retention_days."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 13
    error_message = "retention_days: from 1 to 13 days (SQS keeps 14 at most, and the dead-letter queue needs the longer time)."
  }
}

variable "dead_letter_retention_days" {
  description = "Days that a message waits in the dead-letter queue, 1 to 14, counted from its first arrival in the queue before it: more than retention_days."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.dead_letter_retention_days >= 1 && var.dead_letter_retention_days <= 14
    error_message = "dead_letter_retention_days: from 1 to 14 days (SQS keeps no longer)."
  }

  validation {
    condition     = var.dead_letter_retention_days > var.retention_days
    error_message = "dead_letter_retention_days: more than retention_days, since a message keeps its age when it gives up, and would be gone before anybody looked."
  }
}

variable "maximum_receives" {
  description = "How often a message is tried before it goes to the dead-letter queue, 1 to 1000 times."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.maximum_receives >= 1 && var.maximum_receives <= 1000 && floor(var.maximum_receives) == var.maximum_receives
    error_message = "maximum_receives: a whole number from 1 to 1000."
  }
}

variable "senders" {
  description = "AWS services that may send, by a name of your choice: `service` (as `s3.amazonaws.com`) and `source_arn` (the one bucket, topic or rule), 0 to 20 of them. Roles of this account need no entry."
  type = map(object({
    service    = string
    source_arn = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for sender in values(var.senders) : endswith(sender.service, ".amazonaws.com")])
    error_message = "senders: service is a service principal (allowed: s3.amazonaws.com, sns.amazonaws.com, events.amazonaws.com and others that end in .amazonaws.com)."
  }
}

variable "dead_letter_senders" {
  description = "AWS services that may send to the dead-letter queue itself, by a name of your choice: `service` and `source_arn`, 0 to 20 of them: a rule of EventBridge sends there what a target did not take."
  type = map(object({
    service    = string
    source_arn = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for sender in values(var.dead_letter_senders) : endswith(sender.service, ".amazonaws.com")])
    error_message = "dead_letter_senders: service is a service principal (allowed: events.amazonaws.com and others that end in .amazonaws.com)."
  }
}

################################################################################
# Alarms
################################################################################

variable "alarms" {
  description = <<-EOT
    Alarm thresholds, each reached at "or more", 1 or more (0: no such alarm):
    `dead_letters` (messages that gave up), `oldest_age_seconds` (seconds the oldest has waited),
    `arrivals` (messages received in 5 minutes), `waiting` (messages not yet received).
  EOT
  type = object({
    dead_letters       = optional(number, 50)
    oldest_age_seconds = optional(number, 180)
    arrivals           = optional(number, 180)
    waiting            = optional(number, 180)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for threshold in values(var.alarms) : threshold == 0 || threshold >= 1])
    error_message = "alarms: dead_letters, oldest_age_seconds, arrivals and waiting must each be 1 or more, or 0 for no such alarm."
  }
}
