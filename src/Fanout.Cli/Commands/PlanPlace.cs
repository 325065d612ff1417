using Fanout.Cli.Parsing;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary>Where a plan is made: the home when there is one, else a place that is gone afterwards, as a plan leaves nothing behind.</summary>
internal sealed class PlanPlace : IAsyncDisposable
{
    private readonly DirectoryInfo? _temporary;

    private PlanPlace(HomeOptions home, DirectoryInfo? temporary)
    {
        Home = home;
        _temporary = temporary;
    }

    /// <summary>The home to open.</summary>
    public HomeOptions Home { get; }

    /// <summary>Chooses the place.</summary>
    public static PlanPlace Create(CommandContext context)
    {
        if (context.HasHome)
            return new PlanPlace(context.HomeOptions(), temporary: null);
        var temporary = Directory.CreateTempSubdirectory("fanout-plan-");
        return new PlanPlace(new HomeOptions(temporary.FullName), temporary);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _temporary?.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
