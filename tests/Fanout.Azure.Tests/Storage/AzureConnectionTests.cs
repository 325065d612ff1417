using Xunit;

namespace Fanout.Azure.Tests.Storage;

public sealed class AzureConnectionTests
{
    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net", "orders")]
    [InlineData("UseDevelopmentStorage=true", "devstoreaccount1")]
    [InlineData("BlobEndpoint=https://orders.blob.core.windows.net;SharedAccessSignature=sv=2024&sig=c2VjcmV0", "orders")]
    [InlineData("https://orders.blob.core.windows.net", "orders")]
    [InlineData("orders", "orders")]
    public void Connections_NameTheirAccountAndShowNoSecret(string text, string account)
    {
        var connection = AzureConnection.Parse(text);
        Assert.Equal(account, connection.Account);
        Assert.DoesNotContain("c2VjcmV0", connection.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccountKey=c2VjcmV0")]
    [InlineData("https://orders.blob.core.windows.net?sig=c2VjcmV0")]
    [InlineData("Not An Account c2VjcmV0")]
    public void WhatIsNone_IsRefusedWithoutRepeatingIt(string text)
    {
        var refused = Assert.Throws<ArgumentException>(() => AzureConnection.Parse(text));
        Assert.DoesNotContain("c2VjcmV0", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("1fanout")]
    [InlineData("fan--out")]
    [InlineData("Fanout")]
    [InlineData("fanout-")]
    public void NamesThatNoHubMayHave_AreRefused(string hub) =>
        Assert.Throws<ArgumentException>(() => AzureStorage.Connect("orders", new AzureStorageOptions { Hub = hub }));
}
