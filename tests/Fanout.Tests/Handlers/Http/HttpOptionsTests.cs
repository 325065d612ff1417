using System.Net;
using Fanout.Handlers.Http;
using Xunit;

namespace Fanout.Tests.Handlers.Http;

public sealed class HttpOptionsTests
{
    [Theory]
    [InlineData("""{"url":"{}"}""")]
    [InlineData("""{"url":"{link}","method":"head","followRedirects":true}""")]
    [InlineData("""{"url":"https://example.com/{id}","headers":{"Authorization":"Bearer x"},"body":{"a":["{}"]},"allowHosts":["*.example.com","::1"],"maxResponseBytes":0,"connectTimeout":"1s"}""")]
    public void LegalOptions_AreAccepted(string options) => Assert.Empty(HttpOptionsReader.Validate(Attempts.Json(options)));

    [Theory]
    [InlineData("""{}""", "/url")]
    [InlineData("""{"url":"ftp://example.com"}""", "/url")]
    [InlineData("""{"url":"{host}/x"}""", "/url")]
    [InlineData("""{"url":"https://{host"}""", "/url")]
    [InlineData("""{"url":"http://"}""", "/url")]
    [InlineData("""{"url":5}""", "/url")]
    [InlineData("""{"url":"{}","method":"GET /"}""", "/method")]
    [InlineData("""{"url":"{}","method":"CONNECT"}""", "/method")]
    [InlineData("""{"url":"{}","method":""}""", "/method")]
    [InlineData("""{"url":"{}","headers":{"A B":"x"}}""", "/headers/A B")]
    [InlineData("""{"url":"{}","headers":{"Content-Length":"5"}}""", "/headers/Content-Length")]
    [InlineData("""{"url":"{}","headers":{"A":5}}""", "/headers/A")]
    [InlineData("""{"url":"{}","body":5}""", "/body")]
    [InlineData("""{"url":"{}","body":"{"}""", "/body")]
    [InlineData("""{"url":"{}","body":{"a/b":["{"]}}""", "/body/a~1b/0")]
    [InlineData("""{"url":"{}","allowHosts":"example.com"}""", "/allowHosts")]
    [InlineData("""{"url":"{}","allowHosts":["https://example.com"]}""", "/allowHosts/0")]
    [InlineData("""{"url":"{}","maxResponseBytes":-1}""", "/maxResponseBytes")]
    [InlineData("""{"url":"{}","followRedirects":"yes"}""", "/followRedirects")]
    [InlineData("""{"url":"{}","connectTimeout":5}""", "/connectTimeout")]
    [InlineData("""{"url":"{}","Method":"GET"}""", "/Method")]
    public void IllegalOptions_AreRefusedByPointer_WithARemedy(string options, string pointer)
    {
        var error = Assert.Single(HttpOptionsReader.Validate(Attempts.Json(options)));

        Assert.Equal(pointer, error.Pointer);
        Assert.NotEmpty(error.Problem);
        Assert.NotEmpty(error.Remedy);
    }

    [Theory]
    [InlineData("169.254.0.1", true)]
    [InlineData("169.253.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", true)]
    [InlineData("fe80::1%3", true)]
    [InlineData("febf::1", true)]
    [InlineData("fec0::1", false)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("fd00:ec2::255", false)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::169.254.169.254", true)]
    [InlineData("64:ff9b::a9fe:a9fe", true)]
    [InlineData("2002:a9fe:a9fe::1", true)]
    [InlineData("2002:7f00:1::1", false)]
    [InlineData("100.100.100.200", true)]
    public void LinkLocalAndMetadataAddresses_AreRefused_InEveryForm(string address, bool refused) =>
        Assert.Equal(refused, HostPolicy.IsAlwaysRefused(IPAddress.Parse(address)));

    [Fact]
    public void NameThatResolvesToRefusedAddresses_IsRefused_UnlessOthersRemain()
    {
        var good = IPAddress.Parse("192.0.2.1");
        var bad = IPAddress.Parse("169.254.169.254");

        Assert.Equal([good], new HostPolicy(null).Filter("rebind.example", [bad, good]));
        Assert.Throws<HostRefusedItemException>(() => new HostPolicy(null).Filter("rebind.example", [bad]));
    }

    [Theory]
    [InlineData("http://api.example.com/", true)]
    [InlineData("http://API.EXAMPLE.COM:81/", true)]
    [InlineData("http://a.b.example.org/", true)]
    [InlineData("http://example.org/", false)]
    [InlineData("http://badexample.org/", false)]
    [InlineData("http://api.example.com.evil.net/", false)]
    [InlineData("http://api.example.com@evil.net/", false)]
    [InlineData("http://[::1]/", true)]
    public void AllowHosts_AreExactOrASuffix(string url, bool allowed)
    {
        var policy = new HostPolicy(["api.example.com", "*.example.org", "::1"]);

        Assert.Equal(allowed, Record.Exception(() => policy.CheckHost(new(url))) is null);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.31.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("93.184.216.34", false)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("64:ff9b::10.0.0.1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("2606:2800:220:1::1", false)]
    public void PrivateAddresses_AreRefused_WhereTheProcessSaysSo_UnlessItAllowsThem(string address, bool isPrivate)
    {
        IReadOnlyList<IPAddress> addresses = [IPAddress.Parse(address)];
        Assert.Equal(addresses, new HostPolicy(null).Filter("a.example", addresses));
        Assert.Equal(addresses, new HostPolicy(null, new HostRules { RefusePrivate = true, Allowed = ["*.example"] }).Filter("a.example", addresses));
        Assert.Equal(addresses, new HostPolicy(null, new HostRules { RefusePrivate = true, Allowed = [address] }).Filter("a.example", addresses));
        var refusing = new HostPolicy(null, new HostRules { RefusePrivate = true });
        if (isPrivate)
            Assert.Throws<HostRefusedItemException>(() => refusing.Filter("a.example", addresses));
        else
            Assert.Equal(addresses, refusing.Filter("a.example", addresses));
    }
}
