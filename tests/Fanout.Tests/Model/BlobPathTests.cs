using Xunit;

namespace Fanout.Tests.Model;

public class BlobPathTests
{
    [Theory]
    [InlineData("blob://orders/a", null, "orders", "a")]
    [InlineData("blob://orders/2026/11/a b%20#c.jsonl", null, "orders", "2026/11/a b%20#c.jsonl")]
    [InlineData("blob://$web/index.json", null, "$web", "index.json")]
    [InlineData("https://crm.blob.core.windows.net/orders/2026/a%20b%3F.jsonl", "https://crm.blob.core.windows.net/", "orders", "2026/a b?.jsonl")]
    [InlineData("https://crm.blob.core.chinacloudapi.cn/a-1-b/c", "https://crm.blob.core.chinacloudapi.cn/", "a-1-b", "c")]
    public void Path_NamesAccountContainerAndBlob(string path, string? account, string container, string name)
    {
        Assert.True(BlobPath.IsUrl(path));
        Assert.Equal(new BlobPath(account is null ? null : new Uri(account), container, name), BlobPath.Parse(path));
    }

    [Theory]
    [InlineData("https://crm.blob.core.windows.net/orders/a?sv=2024&sig=c2VjcmV0", "has a query, and specs are stored")]
    [InlineData("blob://orders/a?sig=c2VjcmV0", "has a query, and specs are stored")]
    [InlineData("https://c2VjcmV0@crm.blob.core.windows.net/orders/a", "names no blob")]
    [InlineData("https://crm.blob.core.windows.net/orders/a#c2VjcmV0", "names no blob")]
    [InlineData("https://crm.blob.core.windows.net/orders", "names no blob")]
    [InlineData("https://crm.blob.core.windows.net:8080/orders/a", "names no blob")]
    [InlineData("https://crm.queue.core.windows.net/orders/a", "names no blob")]
    [InlineData("http://crm.blob.core.windows.net/orders/a", "names no blob")]
    [InlineData("https://example.com/orders/a", "names no blob")]
    [InlineData("https://crm.blob.core.windows.net/orders/../a", "names no blob")]
    [InlineData("s3://orders/a", "names no blob")]
    [InlineData("blob://orders", "names no blob")]
    [InlineData("blob://orders/", "names no blob")]
    [InlineData("blob://Orders/a", "names no blob")]
    [InlineData("blob://ab/a", "names no blob")]
    [InlineData("blob://a--b/a", "names no blob")]
    [InlineData("blob:///a", "names no blob")]
    public void WhatIsNone_IsRefusedWithoutRepeatingIt(string path, string reason)
    {
        Assert.True(BlobPath.IsUrl(path));
        var refused = Assert.Throws<FormatException>(() => BlobPath.Parse(path));
        Assert.StartsWith(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders.jsonl")]
    [InlineData("-")]
    [InlineData("/data/a:b//c")]
    [InlineData("C://data/a")]
    public void Files_AreNoUrls(string path) => Assert.False(BlobPath.IsUrl(path));
}
