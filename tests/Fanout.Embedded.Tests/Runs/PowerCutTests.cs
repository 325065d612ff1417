using Fanout.Handlers;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Specs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Embedded.Tests.Runs;

/// <summary>What is not synced may be taken back by a loss of power, wherever that comes: the run goes on from there, and each item has one result.</summary>
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int Items = 40;

    private const string Spec =
        """
        {
          "id": "run", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 40 }, "flow": { "concurrency": 4 },
          "batch": { "branches": 2, "lanes": 2, "maxItems": 5 }, "results": { "reduce": "count" }
        }
        """;

    [Fact]
    public async Task WhateverALossOfPowerTakesBack_ARunGoesOnAndEachItemHasOneResult()
    {
        await using var services = Services();
        var cuts = 0;
        while (await IsCutAsync(services, cuts + 1))
            cuts++;
        output.WriteLine($"{cuts} losses of power");
        // Started, two branches called, two ended, and the report, at least.
        Assert.InRange(cuts, 5, 100);
    }

    // False: the run ended before so much was written.
    private static async Task<bool> IsCutAsync(ServiceProvider services, int unsyncedWrites)
    {
        using var home = new TempHome();
        await using (var power = new PowerCut(home.Path, unsyncedWrites))
        await using (var before = EmbeddedFanout.Open(new HomeOptions(home.Path), power.Storage, services, TimeProvider.System, static own => own))
        {
            var failure = await Record.ExceptionAsync(async () => await RunAsync(before));
            Assert.Equal(power.IsOff, failure is not null);
            if (failure is null)
                return false;
            Assert.IsType<StorageException>(failure);
        }

        await using var after = await EmbeddedFanout.OpenAsync(new HomeOptions(home.Path), services);
        var report = await RunAsync(after);
        Assert.Equal((RunStatus.Succeeded, Items), (report!.Status, report.Tally.Succeeded));
        Assert.Equal(Items, report.Reduced!.Value.GetInt32());
        var indexes = new List<long>();
        await foreach (var line in after.Client.ReadResultsAsync("run", new ResultQuery(), CancellationToken.None))
            indexes.Add(line.Index);
        Assert.Equal(Enumerable.Range(0, Items).Select(index => (long)index), indexes.Order());
        Assert.True((await after.Client.GetAsync("run", CancellationToken.None)).IsOver);
        return true;
    }

    private static async Task<RunReport?> RunAsync(EmbeddedFanout fanout)
    {
        await fanout.Client.StartAsync(SpecReader.Read(Spec, fanout.Registry), CancellationToken.None);
        return await fanout.Driver.DriveAsync("run", CancellationToken.None, CancellationToken.None);
    }

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddFanout();
        return services.BuildServiceProvider();
    }
}
