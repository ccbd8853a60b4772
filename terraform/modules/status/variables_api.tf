################################################################################
# API
################################################################################

variable "api" {
  description = <<-EOT
    Who may ask, and how much: `authorization` (`iam`: calls are signed and need execute-api:Invoke; `api_keys`: a key in the
    header x-api-key, made by `mailroom status key create`), `throttle` (calls of everybody together: `requests_per_second`
    1 to 10000, lasting, and `burst` 1 to 5000, at once; more get 429), with api_keys `key_throttle` (the same for each key;
    null: each may have it all) and `quota` (`requests`, 1 or more, by `period` DAY, WEEK or MONTH, for each key; null: none),
    `page_origins` (where else than with the API the page may be served from, 0 to 10, as `https://status.example.com`),
    `owns_log_role` (true in the one environment per account and Region that owns the role with which API Gateway logs; there
    must be one before any API can log), `memory_mb` (128 to 10240) and `timeout_seconds` (1 to 29) of its functions.
  EOT
  type = object({
    authorization = optional(string, "iam")
    throttle = optional(object({
      requests_per_second = optional(number, 50)
      burst               = optional(number, 100)
    }), {})
    key_throttle = optional(object({
      requests_per_second = number
      burst               = number
    }))
    quota = optional(object({
      requests = number
      period   = optional(string, "DAY")
    }))
    page_origins    = optional(list(string), [])
    owns_log_role   = optional(bool, false)
    memory_mb       = optional(number, 512)
    timeout_seconds = optional(number, 20)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["iam", "api_keys"], var.api.authorization)
    error_message = "api.authorization: allowed are iam, api_keys."
  }

  validation {
    condition = alltrue([
      for limits in [var.api.throttle, var.api.key_throttle] : limits == null ? true : (
        limits.requests_per_second >= 1 && limits.requests_per_second <= 10000 && limits.burst >= 1 && limits.burst <= 5000
      )
    ])
    error_message = "api.throttle and key_throttle: requests_per_second from 1 to 10000, burst from 1 to 5000 (an account has no more per Region)."
  }

  validation {
    condition     = var.api.authorization == "api_keys" || (var.api.quota == null && var.api.key_throttle == null)
    error_message = "api.quota and key_throttle: for API keys; with authorization = \"iam\" leave them out."
  }

  validation {
    condition     = var.api.quota == null ? true : var.api.quota.requests >= 1 && contains(["DAY", "WEEK", "MONTH"], var.api.quota.period)
    error_message = "api.quota: requests of 1 or more by period DAY, WEEK or MONTH."
  }

  validation {
    condition = length(var.api.page_origins) <= 10 && alltrue([
      for origin in var.api.page_origins : can(regex("^https?://[a-z0-9.-]+(:[0-9]{1,5})?$", origin))
    ])
    error_message = "api.page_origins: 0 to 10 origins, scheme and host without a path (allowed: https://status.example.com)."
  }

  validation {
    condition     = var.api.timeout_seconds >= 1 && var.api.timeout_seconds <= 29
    error_message = "api.timeout_seconds: from 1 to 29 seconds (API Gateway waits no longer)."
  }
}
