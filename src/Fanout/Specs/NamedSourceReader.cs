namespace Fanout.Specs;

/// <summary>Reads sources that are named: an earlier run, or one registered in code.</summary>
internal static class NamedSourceReader
{
    private const int MaxErrorText = 1_000;

    public static SourceSpec? ReadRedrive(ObjectReader source, SourceReading reading)
    {
        var only = source.Find("only")?.Choice(SpecWords.Only) ?? RedriveSelection.All;
        var whereError = source.Find("whereError")?.Text("Http503", MaxErrorText);
        return source.Require("run", "\"nightly-1\"")?.Name("a run's id", "nightly-1") is { } run
            ? new RedriveSourceSpec { Run = run, Only = only, WhereError = whereError }
            : null;
    }

    public static SourceSpec? ReadCustom(ObjectReader source, SourceReading reading)
    {
        var options = source.Find("options") is { } given ? HandlerSpecReader.ReadOptions(given) : null;
        return source.Require("name", "\"my-source\"")?.Registered("source", reading.Registry.Sources.Keys) is { } name
            ? new CustomSourceSpec { Name = name, Options = options }
            : null;
    }
}
