using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fanout.Api;
using Fanout.Api.Tests.Support;
using Fanout.Server.Listening;
using Fanout.Server.Tests.Support;
using Xunit;

namespace Fanout.Server.Tests.Security;

/// <summary>A server that would be open to others does not start.</summary>
public sealed class StartRulesTests
{
    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://127.0.0.1:0;http://10.0.0.1:0")]
    public async Task AddressThatOthersReach_NeedsAKey(string urls)
    {
        var refused = await Assert.ThrowsAsync<ServerException>(() => ServerHost.StartAsync(options => options with { Addresses = ServerAddress.Read(urls) }));
        Assert.Contains("fanout key add NAME --role admin", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddressThatOthersReach_IsFineWithAKey()
    {
        await using var host = await ServerHost.StartAsync(
            home => ServerHost.AddKey(home, "a", ApiRole.Read), options => options with { Addresses = ServerAddress.Read("http://0.0.0.0:0") });
        using var client = new HttpClient { BaseAddress = new Uri(host.Server.Urls[0].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)) };
        (await client.AskAsync("/api/runs")).Problem(System.Net.HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Https_NeedsACertificate()
    {
        var refused = await Assert.ThrowsAsync<ServerException>(() => ServerHost.StartAsync(options => options with { Addresses = ServerAddress.Read("https://127.0.0.1:0") }));
        Assert.Contains("--certificate", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:8430")]
    [InlineData("ftp://127.0.0.1:8430")]
    [InlineData("http://example.com:8430")]
    [InlineData("http://127.0.0.1:8430/path")]
    [InlineData("")]
    [InlineData(";")]
    public void Address_ThatIsNone_IsRefused(string urls) => Assert.Throws<ServerException>(() => ServerAddress.Read(urls));

    [Fact]
    public async Task SecondServerOverAHome_DoesNotStart()
    {
        await using var host = await ServerHost.StartAsync();
        var options = new ServerOptions { Directory = host.Home.Path, Version = "1", Addresses = ServerAddress.Read("http://127.0.0.1:0") };
        Assert.Contains("Another server", (await Assert.ThrowsAsync<ServerException>(() => FanoutServer.StartAsync(host.Home.Fanout, options, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortThatIsTaken_IsToldWithWords()
    {
        await using var host = await ServerHost.StartAsync();
        var refused = await Assert.ThrowsAsync<ServerException>(() => ServerHost.StartAsync(options => options with { Addresses = ServerAddress.Read(host.Server.Urls[0]) }));
        Assert.Contains("--urls", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Https_IsServed_AndBrowsersAreToldToStayWithIt(bool asPem)
    {
        var directory = Directory.CreateTempSubdirectory("fanout-tls-");
        try
        {
            using var made = Certify();
            var certificate = asPem ? LoadPem(made, directory.FullName) : LoadPkcs12(made, directory.FullName);
            await using var host = await ServerHost.StartAsync(options => options with { Addresses = ServerAddress.Read("https://127.0.0.1:0"), Certificate = certificate });
            using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown!.Thumbprint == made.Thumbprint };
            using var client = new HttpClient(handler) { BaseAddress = host.Client.BaseAddress };
            var answer = await client.AskAsync("/api/runs");
            answer.Is(System.Net.HttpStatusCode.OK);
            Assert.Contains("max-age=", answer.Headers.GetValues("Strict-Transport-Security").Single(), StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void CertificateThatCannotBeRead_IsToldWithWords()
    {
        var directory = Directory.CreateTempSubdirectory("fanout-tls-");
        try
        {
            using var made = Certify();
            var path = Path.Combine(directory.FullName, "server.pfx");
            File.WriteAllBytes(path, made.Export(X509ContentType.Pkcs12, "right"));
            Assert.Contains("password", Assert.Throws<ServerException>(() => ServerCertificate.Load(path, null, "wrong")).Message, StringComparison.Ordinal);
            Assert.Throws<ServerException>(() => ServerCertificate.Load(Path.Combine(directory.FullName, "none.pem"), null, null));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static X509Certificate2 Certify()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=fanout", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private static ServerCertificate LoadPem(X509Certificate2 made, string directory)
    {
        var (file, key) = (Path.Combine(directory, "server.pem"), Path.Combine(directory, "server.key"));
        File.WriteAllText(file, made.ExportCertificatePem());
        File.WriteAllText(key, made.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return ServerCertificate.Load(file, key, null);
    }

    private static ServerCertificate LoadPkcs12(X509Certificate2 made, string directory)
    {
        var file = Path.Combine(directory, "server.pfx");
        File.WriteAllBytes(file, made.Export(X509ContentType.Pkcs12, "secret"));
        return ServerCertificate.Load(file, null, "secret");
    }
}
