################################################################################
# Context
################################################################################

variable "context" {
  description = <<-EOT
    The part of the environment's context that a topic needs (the alarm topic comes before the whole exists):
    `name_prefix` (2 to 22 characters), `account_id` (12 digits), `region`, `kms_key_arn`.
  EOT

  type = object({
    name_prefix = string
    account_id  = string
    region      = string
    kms_key_arn = string
  })
  nullable = false
}

################################################################################
# Topic
################################################################################

variable "name" {
  description = "What is told by the topic, 1 to 30 characters: it is called `<name_prefix>-<name>`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,29}$", var.name))
    error_message = "name: 1 to 30 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "publishers" {
  description = "AWS services that may publish, by a name of your choice: `service` (as `cloudwatch.amazonaws.com`) and `source_arn` (with `*` where several), 0 to 20 of them. Roles of this account need no entry."
  type = map(object({
    service    = string
    source_arn = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for publisher in values(var.publishers) : endswith(publisher.service, ".amazonaws.com") && publisher.source_arn != "*"])
    error_message = "publishers: service is a service principal (allowed: cloudwatch.amazonaws.com, events.amazonaws.com and others that end in .amazonaws.com), and source_arn more than *."
  }
}

variable "emails" {
  description = "Addresses that are told by mail, 0 to 50; each must say yes to a first mail from AWS."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.emails) <= 50 && alltrue([for email in var.emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "emails: 0 to 50 plain addresses (allowed: ops@example.com)."
  }
}
