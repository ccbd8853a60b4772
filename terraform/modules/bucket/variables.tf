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
# Bucket
################################################################################

variable "name" {
  description = "What the bucket holds, 1 to 11 characters: the bucket is called `<name_prefix>-<name>-<account_id>-<region>`, at most 63 characters."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{0,10}$", var.name))
    error_message = "name: 1 to 11 lower-case letters and digits, a letter first (allowed: raw, attachments)."
  }
}

variable "retention_days" {
  description = "Days after which an object is removed, 1 to 3650."
  type        = number
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 3650 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days: a whole number of days from 1 to 3650."
  }
}

variable "retention_days_below" {
  description = "Folders whose objects are removed earlier, 0 to 20 of them: a key's beginning, which ends in a slash, to days, 1 to 3650 and fewer than retention_days."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for folder, days in var.retention_days_below : can(regex("^[a-z][a-z0-9/_-]*/$", folder)) && days >= 1 && floor(days) == days
    ])
    error_message = "retention_days_below: each key is a folder (allowed: \"athena/\"), each value a whole number of days of 1 or more."
  }
}

variable "noncurrent_days" {
  description = "Days that an overwritten or deleted version is kept, 1 to 3650."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.noncurrent_days >= 1 && var.noncurrent_days <= 3650
    error_message = "noncurrent_days: from 1 to 3650 days."
  }
}

variable "policy_documents" {
  description = "Policy documents (JSON) with the statements that this bucket needs beside TLS-only, 0 to 5 of them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for document in var.policy_documents : can(jsondecode(document))])
    error_message = "policy_documents: each must be JSON, as aws_iam_policy_document makes it."
  }
}
