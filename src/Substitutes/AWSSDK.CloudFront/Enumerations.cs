using System.Text.Json.Serialization;
using Amazon.Runtime;
using Aws.Protocol;

namespace Amazon.CloudFront;

[JsonConverter(typeof(ConstantConverter<PriceClass>))]
public class PriceClass(string value) : ConstantClass(value), IConstant<PriceClass>
{
    public static readonly PriceClass PriceClass_100 = new("PriceClass_100");
    public static readonly PriceClass PriceClass_200 = new("PriceClass_200");
    public static readonly PriceClass PriceClass_All = new("PriceClass_All");
    public static readonly PriceClass None = new("None");

    public static PriceClass FindValue(string value) => FindValue<PriceClass>(value);

    public static implicit operator PriceClass(string value) => FindValue(value);
}
