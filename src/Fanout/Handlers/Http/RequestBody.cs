using System.Buffers;
using System.Text.Json;
using Fanout.Handlers.Templates;

namespace Fanout.Handlers.Http;

/// <summary>What a request carries.</summary>
internal abstract class RequestBody
{
    /// <summary>The content type unless the headers name one; null: none.</summary>
    public abstract string ContentType { get; }

    public abstract void Render(ItemContext context, IBufferWriter<byte> output);

    /// <summary>The item as JSON.</summary>
    public sealed class OfItem : RequestBody
    {
        public override string ContentType => "application/json";

        public override void Render(ItemContext context, IBufferWriter<byte> output)
        {
            if (context.Item.IsText)
                JsonOutput.WriteText(context.Item.Value.Span, output);
            else
                CompactJson.Copy(context.Item.Value.Span, output);
        }
    }

    /// <summary>Text from a template.</summary>
    public sealed class OfText(Template template) : RequestBody
    {
        public override string ContentType => "text/plain; charset=utf-8";

        public override void Render(ItemContext context, IBufferWriter<byte> output) => template.Render(context, output);
    }

    /// <summary>A JSON object or array whose strings are templates; see <see cref="JsonTemplate"/>.</summary>
    public sealed class OfJson(JsonTemplate template) : RequestBody
    {
        public override string ContentType => "application/json";

        public override void Render(ItemContext context, IBufferWriter<byte> output)
        {
            using var writer = new Utf8JsonWriter(output);
            template.Write(context, writer);
        }
    }
}
