metadata description = 'The app: isolated worker on Flex Consumption. Functions scale each for itself; HTTP and Durable Functions as groups.'

import { AlwaysReady, Tags } from 'types.bicep'

param appName string
param planName string
param location string
param tags Tags

@description('The identity the app runs as.')
param identityId string

@description('Where its package is: a blob container.')
param packages string

param settings { name: string, value: string }[]
param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReady AlwaysReady[]
param httpConcurrency int?

@description('The subnet it sends from; null: the internet.')
param subnetId string?

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: appName
  location: location
  // By this tag azd finds where the service of azure.yaml goes.
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    clientAffinityEnabled: false
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packages
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        alwaysReady: alwaysReady
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        ...(httpConcurrency == null ? {} : { triggers: { http: { perInstanceConcurrency: httpConcurrency } } })
      }
    }
    httpsOnly: true
    serverFarmId: plan.id
    // Of a site's settings this plan refuses most (FTP's, the runtime's, those of scale) in some regions and ignores them in others.
    siteConfig: {
      appSettings: settings
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
    }
    virtualNetworkSubnetId: subnetId
  }

  // Nobody publishes by password.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

output name string = app.name
output hostName string = app.properties.defaultHostName
