using System.Net;
using System.Text;
using Fanout.Client.Tests.Support;
using Fanout.Runs;
using Xunit;

namespace Fanout.Client.Tests.Results;

public sealed class ResultLinesTests : IDisposable
{
    private readonly ScriptedHandler _server = new();
    private readonly HurryingTime _time = new(TimeSpan.FromSeconds(30));

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task BrokenConnection_IsTakenUpWhereItBroke()
    {
        using var client = _server
            .Then(_ => Stream(Line(5) + Line(7) + "{\"index\":9,\"sta", breaks: true))
            .Then(HttpStatusCode.ServiceUnavailable)
            .Then(_ => Stream(Line(9), breaks: true))
            .Then(_ => Stream(Line(11)))
            .Connect(_time);
        var lines = await client.ReadResultsAsync("a b", new ResultQuery([OutcomeStatus.Failed, OutcomeStatus.TimedOut], 5, 20), limit: 10).ToListAsync();
        Assert.Equal([5, 7, 9, 11], lines.Select(line => line.Index));
        Assert.Equal(
        [
            "GET /base/api/runs/a%20b/results?from=5&to=20&limit=10&status=Failed,TimedOut",
            "GET /base/api/runs/a%20b/results?from=8&to=20&limit=8&status=Failed,TimedOut",
            "GET /base/api/runs/a%20b/results?from=8&to=20&limit=8&status=Failed,TimedOut",
            "GET /base/api/runs/a%20b/results?from=10&to=20&limit=7&status=Failed,TimedOut",
        ], _server.Asked);
    }

    [Fact]
    public async Task BrokenAgainAndAgain_ItGivesUp()
    {
        foreach (var _ in Enumerable.Range(0, 5))
            _server.Then(_ => Stream("", breaks: true));
        using var client = _server.Connect(_time);
        var failure = await Assert.ThrowsAsync<RemoteException>(async () => await client.ReadResultsAsync("nightly").ToListAsync());
        Assert.True(failure.MayPass);
        Assert.Equal(5, _server.Asked.Count);
    }

    [Fact]
    public async Task RawLines_AreAsTheServerSentThem_WhereverTheyAreCut()
    {
        var long1 = $"{{\"index\":0,\"status\":\"Succeeded\",\"output\":\"{new string('x', 300_000)}\",\"attempts\":1,\"durationMs\":0.5}}\n";
        using var client = _server.Then(_ => Stream(long1 + Line(1), chunk: 7_001)).Connect(_time);
        var text = new StringBuilder();
        await foreach (var line in client.ReadResultLinesAsync("nightly"))
            text.Append(Encoding.UTF8.GetString(line.Span));
        Assert.Equal(long1 + Line(1), text.ToString());
    }

    [Fact]
    public async Task Lines_AreReadOnlyAsTheyAreTaken()
    {
        var stream = new CountingStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(index => Line(index)))));
        using var client = _server.Then(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(stream) }).Connect(_time);
        await foreach (var _ in client.ReadResultLinesAsync("nightly"))
            break;
        Assert.InRange(stream.Taken, 1, 256 << 10);
    }

    private static string Line(long index) => $"{{\"index\":{index},\"status\":\"Failed\",\"attempts\":1,\"durationMs\":0.5}}\n";

    private static HttpResponseMessage Stream(string text, bool breaks = false, int chunk = int.MaxValue) =>
        new(HttpStatusCode.OK) { Content = new StreamContent(new CountingStream(Encoding.UTF8.GetBytes(text), breaks, chunk)) };

    private sealed class CountingStream(byte[] bytes, bool breaks = false, int chunk = int.MaxValue) : MemoryStream(bytes)
    {
        public long Taken { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer[..Math.Min(buffer.Length, chunk)], cancellationToken);
            Taken += read;
            return read > 0 || !breaks ? read : throw new HttpIOException(HttpRequestError.ResponseEnded, "It broke.");
        }
    }
}
