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
# Function
################################################################################

variable "name" {
  description = "The capability's name, 1 to 30 characters: the function is called `<name_prefix>-<name>`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_-]{0,29}$", var.name))
    error_message = "name: 1 to 30 lower-case letters, digits, hyphens and underscores, a letter first."
  }
}

variable "description" {
  description = "What the function does, in one sentence of 1 to 256 characters."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.description) >= 1 && length(var.description) <= 256
    error_message = "description: 1 to 256 characters."
  }
}

variable "handler" {
  description = "The entry point, as `lambda_src.<name>.handler.handle`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^lambda_src(\\.[a-z_][a-z0-9_]*){2,}$", var.handler))
    error_message = "handler: a dotted path that starts with lambda_src (allowed: lambda_src.<name>.handler.handle)."
  }
}

variable "package" {
  description = "Path of the zip, made by `make package`; a missing one stops plan and apply, not destroy."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.package) > 0
    error_message = "package: the path of a zip (build/lambda/<name>.zip)."
  }
}

variable "environment" {
  description = "Environment variables of the function, name to value, 4 KB in all; LOG_LEVEL is added. Never a secret: Terraform keeps the values in its state."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Z][A-Z0-9_]*$", name)) && !startswith(name, "AWS_")])
    error_message = "environment: names are capitals, digits and underscores, and do not start with AWS_ (Lambda reserves those)."
  }
}

variable "memory_mb" {
  description = "Memory in MB, 128 to 10240; the CPU grows with it (1769 MB is one)."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240
    error_message = "memory_mb: from 128 to 10240 MB."
  }
}

variable "timeout_seconds" {
  description = "Seconds that one call may take, 1 to 900."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900
    error_message = "timeout_seconds: from 1 to 900 seconds."
  }
}

variable "reserved_concurrency" {
  description = "How many copies may run at once and are set aside, 0 (stopped) to 1000; -1 for no limit of its own."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.reserved_concurrency >= -1 && var.reserved_concurrency <= 1000
    error_message = "reserved_concurrency: -1 (no limit), 0 (stopped) or 1 to 1000."
  }
}

################################################################################
# Access
################################################################################

variable "policy_json" {
  description = "The policy document (JSON) with the actions that the function calls, on the resources it touches; writing its log is added."
  type        = string
  nullable    = false

  validation {
    condition     = can(jsondecode(var.policy_json))
    error_message = "policy_json: must be JSON, as aws_iam_policy_document makes it."
  }
}

################################################################################
# Alarms
################################################################################

variable "alarm_errors" {
  description = "Failed calls in 5 minutes from which the alarm rings, 1 or more."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.alarm_errors >= 1
    error_message = "alarm_errors: 1 or more failed calls in 5 minutes."
  }
}
