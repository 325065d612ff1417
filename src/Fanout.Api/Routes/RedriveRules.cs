using System.Text.Json;
using Fanout.Runs;
using Fanout.Specs;

namespace Fanout.Api.Routes;

/// <summary>
/// A redrive's items come from where the earlier run's came from, which may be a file that requests may not name. To the same handler they may go again,
/// as whoever started that run decided; to another only from where requests may read themselves.
/// </summary>
internal static class RedriveRules
{
    private const int MostSteps = 100;

    /// <summary>Follows redrives to the source that the items are in.</summary>
    /// <exception cref="SpecException">They may not go to this handler.</exception>
    public static async Task CheckAsync(ApiHome home, RunSpec spec, CancellationToken cancellationToken)
    {
        var source = spec.Source;
        for (var steps = 0; source is RedriveSourceSpec redrive; steps++)
        {
            if (steps == MostSteps)
                throw Refused($"is a redrive of a redrive more than {MostSteps} times over.", "Redrive an earlier run of these.");
            if (await FindAsync(home.Runs, redrive.Run, cancellationToken).ConfigureAwait(false) is not { } earlier)
                return; // Whoever starts it says so.
            var earlierSpec = SpecReader.Read(earlier.SpecJson, home.Registry);
            if (IsSame(spec.Handler, earlierSpec.Handler))
                return;
            if (home.Rules.CheckSource(earlierSpec.Source) is { Count: > 0 } errors)
                throw Refused($"has its items from a source that {errors[0].Problem}", $"Leave its handler as it was. Or: {errors[0].Remedy}");
            source = earlierSpec.Source;
        }
    }

    private static bool IsSame(HandlerSpec one, HandlerSpec other) =>
        one.Name == other.Name && JsonElement.DeepEquals(one.Options ?? JsonElement.Parse("{}"), other.Options ?? JsonElement.Parse("{}"));

    private static async Task<RunRecord?> FindAsync(IRunClient runs, string runId, CancellationToken cancellationToken)
    {
        try
        {
            return await runs.GetAsync(runId, cancellationToken).ConfigureAwait(false);
        }
        catch (RunException missing) when (missing.IsMissing)
        {
            return null;
        }
    }

    private static SpecException Refused(string problem, string remedy) => new([new SpecError("/source/run", null, problem, remedy)]);
}
