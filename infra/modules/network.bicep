metadata description = 'A virtual network: a subnet that the app sends from, and one for the private endpoints of what it uses.'

import { Tags } from 'types.bicep'

param name string
param location string
param tags Tags

@description('Address space, cut into two subnets of a quarter each. Instances share addresses: a /26 is enough for the app.')
param addressPrefix string

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [addressPrefix]
    }
  }

  resource app 'subnets' = {
    name: 'app'
    properties: {
      addressPrefix: cidrSubnet(addressPrefix, int(split(addressPrefix, '/')[1]) + 2, 0)
      delegations: [
        {
          name: 'flex'
          properties: {
            serviceName: 'Microsoft.App/environments'
          }
        }
      ]
    }
  }

  resource endpoints 'subnets' = {
    name: 'endpoints'
    properties: {
      addressPrefix: cidrSubnet(addressPrefix, int(split(addressPrefix, '/')[1]) + 2, 1)
      privateEndpointNetworkPolicies: 'Disabled'
    }
    // A network takes one change at a time.
    dependsOn: [app]
  }
}

output id string = network.id
output appSubnetId string = network::app.id
output endpointsSubnetId string = network::endpoints.id
