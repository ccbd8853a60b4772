terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }

  # The rest is in environments/<environment>.s3.tfbackend.
  backend "s3" {}
}

# No endpoint and no skip flag: the local cloud is reached by the AWS SDK's own environment variables.
provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      project     = "mailroom"
      environment = var.environment
      managed_by  = "terraform"
    }
  }
}
