using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Fanout.Api.Tests.Support;
using Fanout.Runs;
using Fanout.Server.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Server.Tests.Fuzzing;

/// <summary>
/// Requests that are wrong in all ways: none is answered with a 5xx, none hangs, and nothing grows. <c>FANOUT_FUZZ_REQUESTS</c> says how many (default:
/// 5,000) and <c>FANOUT_FUZZ_SEED</c> which.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Senders = 8;
    private const long MostGrowth = 64 << 20;

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task MalformedRequests_AreAllRefused_AndLeaveNothingBehind()
    {
        var (requests, seed) = (Setting("FANOUT_FUZZ_REQUESTS", 5_000), Setting("FANOUT_FUZZ_SEED", 1));
        await using var host = await ServerHost.StartAsync(options => options with { RequestsPerSecond = 1_000_000 });
        await host.Home.RunAsync("""{"id":"a","handler":{"name":"odd"},"source":{"kind":"range","start":0,"end":10}}""");
        await SendAllAsync(host, Math.Min(requests, 2_000), seed + 1); // What is made once is made before.
        await CleanAsync(host);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var answers = await SendAllAsync(host, requests, seed);
        output.WriteLine(string.Join(", ", answers.OrderBy(answer => answer.Key).Select(answer => $"{answer.Key}: {answer.Value:N0}")));
        Assert.Equal(requests, answers.Values.Sum());
        Assert.DoesNotContain(answers, answer => IsFailure(answer.Key));
        Assert.Contains(answers, answer => answer.Key == 400);

        (await host.Client.AskAsync("/api/runs")).Is(HttpStatusCode.OK);
        await CleanAsync(host);
        Assert.Equal(0, host.Server.Hubs.Readers);
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"{requests:N0} requests, memory grew by {growth:N0} bytes");
        Assert.InRange(growth, long.MinValue, MostGrowth);
    }

    private static async Task<Dictionary<int, int>> SendAllAsync(ServerHost host, int requests, int seed)
    {
        var all = await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            var malformed = new Malformed(new Random((seed * Senders) + sender));
            var answers = new Dictionary<int, int>();
            for (var i = sender; i < requests; i += Senders)
            {
                var (request, isWhole) = malformed.Next();
                var status = await SendAsync(host.Client.BaseAddress!.Port, request, isWhole);
                answers[status] = answers.GetValueOrDefault(status) + 1;
                if (IsFailure(status))
                    Assert.Fail($"{status} to {JsonEncodedText.Encode(Encoding.UTF8.GetString(request, 0, Math.Min(2_000, request.Length)))}");
            }

            return answers;
        })));
        return all.SelectMany(answers => answers).GroupBy(answer => answer.Key).ToDictionary(answer => answer.Key, answer => answer.Sum(one => one.Value));
    }

    // 505 is what a request in a version of HTTP that there is not is to be answered with (RFC 9110, section 15.6.6); the web server does that by itself.
    private static bool IsFailure(int status) => status >= 500 && status != (int)HttpStatusCode.HttpVersionNotSupported;

    // The status of the answer; 0: the connection was closed without one.
    private static async Task<int> SendAsync(int port, byte[] request, bool isWhole)
    {
        using var within = new CancellationTokenSource(Within);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        await socket.ConnectAsync(IPAddress.Loopback, port, within.Token);
        var buffer = new byte[4_096];
        try
        {
            await socket.SendAsync(request, within.Token);
            // Nothing more comes: the server need not wait for it. To one that could still answer it would mean that the client is gone.
            if (!isWhole)
                socket.Shutdown(SocketShutdown.Send);
            var read = await socket.ReceiveAsync(buffer, within.Token);
            var status = read >= 12 && buffer.AsSpan(0, 7).SequenceEqual("HTTP/1."u8) ? int.Parse(Encoding.ASCII.GetString(buffer, 9, 3), CultureInfo.InvariantCulture) : 0;
            while (read > 0)
                read = await socket.ReceiveAsync(buffer, within.Token);
            return status;
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    // What was started among all that is wrong is taken back.
    private static async Task CleanAsync(ServerHost host)
    {
        var runs = host.Home.Fanout.Client;
        foreach (var run in await runs.ListAsync(new RunQuery(Limit: 1_000), CancellationToken.None))
        {
            if (run.Report is null)
            {
                await runs.CancelAsync(run.Id, CancellationToken.None);
                await host.Home.Fanout.Driver.DriveAsync(run.Id, CancellationToken.None, CancellationToken.None);
            }
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
