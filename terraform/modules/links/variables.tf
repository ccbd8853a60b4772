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
# Links
################################################################################

variable "expiry_hours" {
  description = "Hours that a link in a mail works, 1 to 8760; afterwards a page says that it has expired."
  type        = number
  default     = 36
  nullable    = false

  validation {
    condition     = var.expiry_hours >= 1 && var.expiry_hours <= 8760 && floor(var.expiry_hours) == var.expiry_hours
    error_message = "expiry_hours: a whole number of hours from 1 to 8760 (a year)."
  }
}

variable "signed_url_seconds" {
  description = "Seconds that the address handed out at a click works, 5 to 900; a revoked link can live on that long."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.signed_url_seconds >= 5 && var.signed_url_seconds <= 900
    error_message = "signed_url_seconds: from 5 to 900 seconds (a role's credentials may end soon after)."
  }
}

variable "throttle" {
  description = "Clicks that the API takes for all links together: `requests_per_second` (1 to 5000, lasting) and `burst` (1 to 5000, at once); more get 429."
  type = object({
    requests_per_second = optional(number, 50)
    burst               = optional(number, 100)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for limit in values(var.throttle) : limit >= 1 && limit <= 5000])
    error_message = "throttle: requests_per_second and burst, each from 1 to 5000."
  }
}

################################################################################
# Attachments
################################################################################

variable "attachment_retention_days" {
  description = "Days that an attachment is kept, 1 to 3650, at least as long as its links work."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.attachment_retention_days * 24 >= var.expiry_hours
    error_message = "attachment_retention_days: at least expiry_hours / 24, or links outlive their files."
  }
}

variable "malware_protection" {
  description = "Whether GuardDuty scans each attachment, true or false; a link then waits until its file is found clean (billed by the GB, one more call a click)."
  type        = bool
  default     = false
  nullable    = false
}

################################################################################
# Function
################################################################################

variable "package" {
  description = "Path of the function's zip, made by `make package`."
  type        = string
  nullable    = false
}

variable "memory_mb" {
  description = "The function's memory in MB, 128 to 10240."
  type        = number
  default     = 512
  nullable    = false
}

variable "timeout_seconds" {
  description = "Seconds that one click may take, 1 to 29 (the API waits no longer than 30)."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 29
    error_message = "timeout_seconds: from 1 to 29 seconds (the API waits no longer than 30)."
  }
}
