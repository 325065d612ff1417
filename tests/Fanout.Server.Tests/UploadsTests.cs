using System.Net;
using System.Text;
using Fanout.Api.Tests.Support;
using Fanout.Server.Tests.Support;
using Fanout.Server.Uploads;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Server.Tests;

/// <summary>Files that are sent, and files that specs name.</summary>
public sealed class UploadsTests
{
    private static readonly string[] Directories = ["allowed", "allowed/in", "allowed-too", "other"];
    private static readonly string[] Files = ["allowed/a.txt", "allowed/in/b.txt", "allowed-too/c.txt", "other/d.txt"];

    [Fact]
    public async Task File_IsSent_AndWorked()
    {
        await using var host = (await ServerHost.StartAsync()).Drive();
        var sent = (await SendAsync(host, "Orders of May.JSONL", "{\"a\":1}\n{\"a\":2}\n")).Is(HttpStatusCode.Created);
        Assert.Matches("^uploads/[0-9a-f]{24}\\.jsonl$", sent.GetProperty("path").GetString()!);
        Assert.Equal(16, sent.GetProperty("bytes").GetInt32());
        (await host.Client.PostTextAsync("/api/runs", $$$"""{"id":"sent","handler":{"name":"echo"},"source":{"kind":"jsonl","path":"{{{sent.GetProperty("path").GetString()}}}"}}""")).Is(HttpStatusCode.Accepted);
        Assert.Equal(2, (await host.Home.Fanout.Driver.WaitAsync("sent", CancellationToken.None)).Tally.Succeeded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("orders")]
    [InlineData("orders.exe")]
    [InlineData("orders.gz")]
    [InlineData("orders.jsonl/")]
    [InlineData("../../orders")]
    public async Task File_OfAnotherKind_IsRefused(string name)
    {
        await using var host = await ServerHost.StartAsync();
        (await SendAsync(host, name, "1\n")).Problem(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("../../../etc/cron.d/x.jsonl", ".jsonl")]
    [InlineData("a.CSV.gz", ".csv.gz")]
    [InlineData("C:\\x.json", ".json")]
    public void OnlyTheEnding_IsKeptOfAName(string name, string extension) => Assert.Equal(extension, UploadStore.ExtensionOf(name));

    [Fact]
    public async Task FileThatIsTooLarge_IsRefused_AndNotKept()
    {
        await using var host = await ServerHost.StartAsync(options => options with { UploadBytes = 10 });
        (await SendAsync(host, "a.txt", "0123456789x")).Problem(HttpStatusCode.RequestEntityTooLarge);
        using var unsized = new HttpRequestMessage(HttpMethod.Post, "/api/uploads?name=a.txt") { Content = new StreamContent(new MemoryStream(new byte[1_000])) };
        unsized.Headers.TransferEncodingChunked = true;
        using var answer = await host.Client.SendAsync(unsized);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        var kept = Path.Combine(host.Home.Path, "uploads");
        Assert.True(!Directory.Exists(kept) || !Directory.EnumerateFiles(kept).Any());
        (await SendAsync(host, "a.txt", "0123456789")).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task OldFiles_AreRemoved_UnlessARunNeedsThem()
    {
        await using var host = await ServerHost.StartAsync();
        var needed = await SendLineAsync(host);
        var redriven = await SendLineAsync(host);
        var old = await SendLineAsync(host);
        await host.Home.RunAsync(Spec("earlier", redriven));
        (await host.Client.PostTextAsync("/api/runs", Spec("waits", needed))).Is(HttpStatusCode.Accepted);
        (await host.Client.PostTextAsync("/api/runs", """{"id":"again","handler":{"name":"odd"},"source":{"kind":"redrive","run":"earlier"}}""")).Is(HttpStatusCode.Accepted);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var sweep = new UploadSweep(new UploadStore(host.Home.Path), host.Home.Fanout.Client, host.Home.Path, time, NullLogger<UploadSweep>.Instance);

        await sweep.SweepAsync(CancellationToken.None);
        Assert.All([needed, redriven, old], path => Assert.True(File.Exists(Path.Combine(host.Home.Path, path))));
        time.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(1));
        await sweep.SweepAsync(CancellationToken.None);
        Assert.All([needed, redriven], path => Assert.True(File.Exists(Path.Combine(host.Home.Path, path))));
        Assert.False(File.Exists(Path.Combine(host.Home.Path, old)));
    }

    [Fact]
    public async Task Files_AreNamedBelowRootsOnly_WhereverLinksLead()
    {
        await using var host = await ServerHost.StartAsync(
            home =>
            {
                foreach (var name in Directories)
                    Directory.CreateDirectory(Path.Combine(home.Root, name));
                foreach (var name in Files)
                    File.WriteAllText(Path.Combine(home.Root, name), "x\n");
                Directory.CreateSymbolicLink(Path.Combine(home.Root, "allowed", "out"), Path.Combine(home.Root, "other"));
                File.CreateSymbolicLink(Path.Combine(home.Root, "allowed", "d.txt"), "../other/d.txt");
                File.CreateSymbolicLink(Path.Combine(home.Root, "allowed", "round.txt"), "in/../../allowed/a.txt");
            },
            options => options with { FileRoots = [Path.Combine(Path.GetDirectoryName(options.Directory)!, "allowed")] });
        string At(string path) => Path.Combine(host.Home.Root, path);

        foreach (var path in new[] { "allowed/a.txt", "allowed/in/b.txt", "allowed/in/../a.txt", "allowed/round.txt" })
            (await PlanAsync(host, "lines", $"\"path\":\"{At(path)}\"")).Is(HttpStatusCode.OK);
        string[] outside = ["other/d.txt", "allowed-too/c.txt", "allowed/../other/d.txt", "allowed/out/d.txt", "allowed/d.txt", "allowed/out/./d.txt"];
        foreach (var path in outside)
            (await PlanAsync(host, "lines", $"\"path\":\"{At(path)}\"")).Problem(HttpStatusCode.BadRequest);
        foreach (var path in new[] { "-", "/etc/passwd", "/proc/self/root/etc/passwd", "../other/d.txt", "uploads/../keys.json", "keys.json", "uploads\\u0000/x" })
            (await PlanAsync(host, "lines", $"\"path\":\"{path}\"")).Problem(HttpStatusCode.BadRequest);

        (await PlanAsync(host, "files", $"\"patterns\":[\"{At("allowed/in/*.txt")}\"]")).Is(HttpStatusCode.OK);
        (await PlanAsync(host, "files", $"\"root\":\"{At("allowed")}\",\"patterns\":[\"in/*\"]")).Is(HttpStatusCode.OK);
        foreach (var pattern in new[] { "other/*", "allowed*/*", "allowed/../other/*", "allowed/out/*", "**/*" })
            (await PlanAsync(host, "files", $"\"patterns\":[\"{At(pattern)}\"]")).Problem(HttpStatusCode.BadRequest);
        foreach (var pattern in new[] { "../other/*", "out/*", "in/../../other/*" })
            (await PlanAsync(host, "files", $"\"root\":\"{At("allowed")}\",\"patterns\":[\"{pattern}\"]")).Problem(HttpStatusCode.BadRequest);
    }

    private static Task<Answer> PlanAsync(ServerHost host, string kind, string fields) =>
        host.Client.PostTextAsync("/api/plan", $$$"""{"handler":{"name":"echo"},"source":{"kind":"{{{kind}}}",""" + fields + "}}");

    private static string Spec(string id, string path) => $$$"""{"id":"{{{id}}}","handler":{"name":"odd"},"source":{"kind":"jsonl","path":"{{{path}}}"}}""";

    private static async Task<string> SendLineAsync(ServerHost host) => (await SendAsync(host, "a.jsonl", "2\n")).Is(HttpStatusCode.Created).GetProperty("path").GetString()!;

    private static async Task<Answer> SendAsync(ServerHost host, string name, string text)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        using var response = await host.Client.PostAsync(new Uri($"/api/uploads?name={Uri.EscapeDataString(name)}", UriKind.Relative), content);
        return new Answer(response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsStringAsync());
    }
}
