using Fanout.Embedded;
using Fanout.Handlers;
using Fanout.Runs;
using Fanout.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.TestApp;

/// <summary><c>herd HOME SPEC…</c>: one process that drives several runs at once, as a server would, until all have ended or it is killed.</summary>
internal static class Herd
{
    public static async Task<int> RunAsync(string home, IEnumerable<string> specFiles)
    {
        var services = new ServiceCollection();
        services.AddFanout().AddHandler<SampledHandler>("sampled");
        await using var provider = services.BuildServiceProvider();
        await using var fanout = await EmbeddedFanout.OpenAsync(new HomeOptions(home), provider);
        await Task.WhenAll(specFiles.Select(DriveAsync));
        return 0;

        async Task DriveAsync(string specFile)
        {
            var spec = SpecReader.Read(await File.ReadAllTextAsync(specFile), fanout.Registry);
            var run = await fanout.Client.StartAsync(spec, CancellationToken.None);
            await fanout.Driver.DriveAsync(run.RunId, CancellationToken.None, CancellationToken.None);
        }
    }
}
