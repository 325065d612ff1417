using Fanout.Embedded.Tests.Stores;
using Fanout.Orchestration;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Fanout.Embedded.Tests.Driving;

public sealed class ClaimCheckTests : IDisposable
{
    private const int Size = 100_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TempHome _home = new();
    private readonly HeldPayloads _payloads = new();

    [Fact]
    public async Task LargePayloads_TravelAsClaimChecksAndComeBackWhole()
    {
        await using (var storage = EmbeddedStorage.Open(_home.Path))
        await using (var engine = new EmbeddedEngine(storage, Registry(), Options))
        {
            await engine.ScheduleNewOrchestrationInstanceAsync("all", Text('i'), "a");
            await UntilAsync(async () => (await engine.GetInstanceAsync("a"))!.SerializedCustomStatus is not null);
            await engine.RaiseEventAsync("a", "more", Text('e'));
            await UntilAsync(async () => (await engine.GetInstanceAsync("a"))!.SerializedCustomStatus == "\"got it\"");
        }

        // In another life everything is replayed from what was written.
        await using var storageAgain = EmbeddedStorage.Open(_home.Path);
        await using var again = new EmbeddedEngine(storageAgain, Registry(), Options);
        await again.TryAttachAsync("a");
        await again.RaiseEventAsync("a", "end", "");
        var ended = await again.WaitForInstanceCompletionAsync("a").WaitAsync(Patience);

        Assert.Equal($"\"{Text('i')}{Text('I')}{Text('S')}{Text('e')}\"", ended.SerializedOutput);
        Assert.InRange(LargestRow(), 1, 16 << 10);
        // The input; the activity's result; the sub-orchestration's; the event; the output. Each is in the histories several times.
        Assert.Equal(5, _payloads.Count);
    }

    [Theory]
    [InlineData(ClaimCheck.MaxInlineBytes, false)]
    [InlineData(ClaimCheck.MaxInlineBytes + 1, true)]
    public async Task OnlyWhatIsTooLarge_IsExchanged(int bytes, bool exchanged)
    {
        var claims = new ClaimCheck(_payloads);
        var payload = new string('ö', (bytes - 2) / 2) + (bytes % 2 == 0 ? "" : "o") + "\"\"";
        var travelled = await claims.CheckAsync("a", payload);
        Assert.Equal(exchanged, travelled != payload);
        Assert.Equal(exchanged ? 1 : 0, _payloads.Count);
        Assert.Equal(payload, await new ClaimCheck(_payloads).RedeemAsync("a", travelled));
        Assert.Equal(travelled, await claims.CheckAsync("a", payload));
        Assert.Equal(exchanged ? 1 : 0, _payloads.Writes);
    }

    public void Dispose() => _home.Dispose();

    private EmbeddedEngineOptions Options => new() { Payloads = _payloads };

    private static string Text(char letter) => new(letter, Size);

    private static OrchestrationRegistry Registry() => new OrchestrationRegistry()
        .AddOrchestrator<string, string>("all", async (context, input) =>
        {
            var fromActivity = await context.CallActivityAsync<string>("upper", input);
            var fromBelow = await context.CallSubOrchestratorAsync<string>("below", input, "a:below");
            context.SetCustomStatus("waits");
            var fromEvent = await context.WaitForExternalEvent<string>("more");
            context.SetCustomStatus("got it");
            await context.WaitForExternalEvent<string>("end");
            return input + fromActivity + fromBelow + fromEvent;
        })
        .AddOrchestrator<string, string>("below", (_, input) => Task.FromResult(new string('S', input.Length)))
        .AddActivity<string, string>("upper", (_, input) => Task.FromResult(input.ToUpperInvariant()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
    }

    private long LargestRow()
    {
        using var connection = new SqliteConnection($"Data Source={_home.Database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT MAX(MAX(LENGTH(event)), (SELECT COALESCE(MAX(LENGTH(output)), 0) FROM instances)) FROM history";
        return (long)command.ExecuteScalar()!;
    }
}
