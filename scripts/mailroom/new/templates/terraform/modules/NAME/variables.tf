CONTEXT

################################################################################
# NAME
################################################################################

variable "package" {
  description = "Path of the function's zip, made by `make package`."
  type        = string
  nullable    = false
}

variable "greeting" {
  description = "What the function answers, 1 to 64 characters. A first setting, to show the way from here to Python."
  type        = string
  default     = "hello"
  nullable    = false

  validation {
    condition     = length(var.greeting) >= 1 && length(var.greeting) <= 64
    error_message = "greeting: from 1 to 64 characters."
  }
}
