using System.Globalization;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>What a run costs those who watch it, and they it: its speed in a server under load, against that in the same server left alone.</summary>
internal sealed class ServeScenario(double scale) : IScenario
{
    private const int Concurrency = 64;
    private const int Streams = 1_000;
    private const int RequestsPerSecond = 2_000;

    private readonly long _items = (long)(48_000 * scale);

    public string Name => "serve";

    public string Description => string.Create(
        CultureInfo.InvariantCulture,
        $"{_items:N0} items through a handler that waits 20 ms, {Concurrency} at once, in a server with {Streams:N0} event streams and {RequestsPerSecond:N0} API requests a second, of which none may fail, against the same server with none; the load comes from a process of this machine");

    public Goal Goal { get; } = new("items/s", Comparing.Ratio, 0.9);

    public int Rounds => 3;

    public int WarmUps => 0;

    public async Task<double> MeasureOursAsync(Scratch scratch)
    {
        await using var server = await ServerProcess.StartAsync(scratch.Own("home"));
        var runId = await server.StartRunAsync(_items, Concurrency);
        await using var load = await ApiLoad.StartAsync(server.Address, runId, Streams, RequestsPerSecond);
        var speed = await server.WaitAsync(runId);
        Console.Error.WriteLine(await load.StopAsync());
        return speed;
    }

    public async Task<double?> MeasureBaselineAsync(Scratch scratch)
    {
        await using var server = await ServerProcess.StartAsync(scratch.Own("home"));
        return await server.WaitAsync(await server.StartRunAsync(_items, Concurrency));
    }
}
