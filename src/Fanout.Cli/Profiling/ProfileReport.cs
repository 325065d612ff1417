using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Diagnostics;
using Fanout.Diagnostics.Reading;
using Fanout.Diagnostics.Stacks;

namespace Fanout.Cli.Profiling;

/// <summary>Says what is recorded, and what it came to.</summary>
internal static class ProfileReport
{
    private const int MethodsShown = 10;

    /// <summary>Says on standard error that it begins.</summary>
    public static void Announce(CommandContext context, ProfileRequest request, string process)
    {
        if (!context.Quiet && !context.Json)
            context.Environment.Error.WriteLine($"Recording {request.Kind} of {process} for {Figures.Duration(request.Duration)}. Ctrl+C ends it early.");
    }

    /// <summary>The kind that was asked for.</summary>
    public static ProfileKind KindOf(ProfileRequest request) => ProfileKindExtensions.Read(request.Kind)!.Value;

    /// <summary>A failure as the command line has it.</summary>
    public static Exception Explain(ProfileException failure) => failure.IsRefusal ? new UsageException(failure.Message) : new FailureException(failure.Message, failure);

    /// <summary>Reads the trace, writes the flame graph, prints a summary; the result is the exit code.</summary>
    public static int Print(CommandContext context, ProfileRequest request, ProfileFiles files)
    {
        var profile = Draw(request, files);
        if (context.Json)
            PrintJson(context, request, files, profile);
        else
            PrintText(context, files, profile);
        return ExitCodes.Success;
    }

    private static Profile Draw(ProfileRequest request, ProfileFiles files)
    {
        try
        {
            var profile = TraceReader.Read(files.Trace, KindOf(request));
            File.WriteAllText(files.Page, FlameGraphPage.Create(profile, $"{request.Subject}: {request.Kind}"));
            return profile;
        }
        catch (ProfileException failure)
        {
            throw Explain(failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FailureException($"{files.Page}: the flame graph cannot be written: {failure.Message} The trace is there: {files.Trace}", failure);
        }
    }

    private static void PrintText(CommandContext context, ProfileFiles files, Profile profile)
    {
        context.Print(FlameGraphPage.About(profile));
        var (bySelf, byTotal) = Top(profile);
        var whole = Math.Max(1, profile.Tree.Root.Total);
        PrintTop("In themselves", bySelf, method => method.Self);
        PrintTop("With what they call", byTotal, method => method.Total);
        context.Print($"trace        {files.Trace}");
        context.Print($"flame graph  {files.Page}");

        void PrintTop(string title, IReadOnlyList<MethodWeight> methods, Func<MethodWeight, long> weight)
        {
            if (methods.Count > 0)
                context.Print($"{title}:");
            foreach (var method in methods)
                context.Print(Figures.Invariant($"{100.0 * weight(method) / whole,7:0.0}%  {method.Name}"));
        }
    }

    private static (IReadOnlyList<MethodWeight> BySelf, IReadOnlyList<MethodWeight> ByTotal) Top(Profile profile)
    {
        var methods = profile.Tree.Methods();
        return (
            [.. methods.Where(method => method.Self > 0).Take(MethodsShown)],
            [.. methods.OrderByDescending(method => method.Total).ThenBy(method => method.Name, StringComparer.Ordinal).Take(MethodsShown)]);
    }

    private static void PrintJson(CommandContext context, ProfileRequest request, ProfileFiles files, Profile profile) => context.PrintJson(new
    {
        request.RunId,
        request.ProcessId,
        request.Kind,
        Seconds = Math.Round(profile.Duration.TotalSeconds, 3),
        files.Trace,
        files.Page,
        profile.Events,
        profile.EventsLost,
        Unit = profile.Kind.Unit(),
        profile.Tree.Root.Total,
        Methods = Top(profile).BySelf,
        Callers = Top(profile).ByTotal,
    });
}
